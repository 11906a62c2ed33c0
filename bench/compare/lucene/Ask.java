/* bench/compare/lucene/Ask.java - asks every question of a file and prints times and answers (see ../engine_lucene.c).
 *
 *   java lucene.Ask DIR QUESTIONS.tsv both|one
 *
 * Each list is asked until the compiler has had its time (a second, at least three rounds), then twice with a watch. */
package lucene;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.MMapDirectory;

final class Ask {
	/* in the order of AskKind */
	private static final int ALL = 0, ANY = 1, PHRASE = 2, UNACCENTED = 3, NUMBER = 4, QUESTION = 5, KINDS = 7;
	private static final long WARM_NS = 1_000_000_000L, RATE_MS = 2000;
	private static final int DEPTH = 20;

	private final IndexSearcher searcher;
	private final Analyzer analyzer = Texts.analyzer();
	private final boolean both;
	private final List<List<String>> questions = new ArrayList<>();
	private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

	private Ask(IndexReader reader, Path path, boolean both) throws Exception {
		searcher = new IndexSearcher(reader);
		this.both = both;
		for (int kind = 0; kind < KINDS; kind++)
			questions.add(new ArrayList<>());
		for (String line : Files.readAllLines(path)) {
			int tab = line.indexOf('\t');
			questions.get(Integer.parseInt(line.substring(0, tab))).add(line.substring(tab + 1));
		}
	}

	private List<Term> terms(String field, String text) throws Exception {
		List<Term> terms = new ArrayList<>();
		try (TokenStream words = analyzer.tokenStream(field, text)) {
			CharTermAttribute word = words.addAttribute(CharTermAttribute.class);
			words.reset();
			while (words.incrementToken())
				terms.add(new Term(field, word.toString()));
			words.end();
		}
		return terms;
	}

	private Query query(int kind, String text) throws Exception {
		if (kind == NUMBER)
			return new TermQuery(new Term(Texts.NUMBER, text));
		String field = (kind == UNACCENTED || kind > QUESTION) && both ? Texts.FOLDED : Texts.TEXT;
		List<Term> terms = terms(field, text);
		if (kind == PHRASE) {
			PhraseQuery.Builder phrase = new PhraseQuery.Builder();
			terms.forEach(phrase::add);
			return phrase.build();
		}
		BooleanClause.Occur occur = kind == ANY || kind >= QUESTION ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST;
		BooleanQuery.Builder query = new BooleanQuery.Builder();
		Set<Term> distinct = new LinkedHashSet<>(terms);
		for (Term term : distinct)
			query.add(new TermQuery(term), occur);
		return query.build();
	}

	private ScoreDoc[] ask(int kind, String text, int limit) throws Exception {
		return searcher.search(query(kind, text), limit).scoreDocs;
	}

	private String idOf(int doc) throws Exception {
		List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
		LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
		BinaryDocValues ids = leaf.reader().getBinaryDocValues(Texts.ID);
		ids.advanceExact(doc - leaf.docBase);
		return ids.binaryValue().utf8ToString();
	}

	private void judge(int kind) throws Exception {
		for (int i = 0; i < questions.get(kind).size(); i++) {
			StringBuilder line = new StringBuilder("answer " + kind + " " + i);
			for (ScoreDoc hit : ask(kind, questions.get(kind).get(i), DEPTH))
				line.append(' ').append(idOf(hit.doc));
			out.println(line);
		}
	}

	private void round(int kind, boolean timed) throws Exception {
		for (String question : questions.get(kind)) {
			long started = System.nanoTime();
			ask(kind, question, 10);
			long took = System.nanoTime() - started;
			if (timed)
				out.println("time " + kind + " " + took);
		}
	}

	private void time(int kind) throws Exception {
		long started = System.nanoTime();
		for (int rounds = 0; rounds < 3 || System.nanoTime() - started < WARM_NS; rounds++)
			round(kind, false);
		round(kind, true);
		round(kind, true);
	}

	/* Short questions of four kinds in turn, as ../measure.c asks them. */
	private double rate(int threads) throws Exception {
		for (int kind = ALL; kind <= UNACCENTED; kind++)
			if (questions.get(kind).isEmpty())
				return 0;
		AtomicBoolean stop = new AtomicBoolean();
		AtomicLong asked = new AtomicLong();
		List<Thread> clients = new ArrayList<>();
		long started = System.nanoTime();
		for (int t = 0; t < threads; t++) {
			int first = t * 401;
			clients.add(new Thread(() -> {
				try {
					for (int i = first; !stop.get(); i++, asked.incrementAndGet())
						ask(i % 4, questions.get(i % 4).get(i / 4 % questions.get(i % 4).size()), 10);
				} catch (Exception e) {
					throw new RuntimeException(e);
				}
			}));
		}
		for (Thread client : clients)
			client.start();
		Thread.sleep(RATE_MS);
		stop.set(true);
		for (Thread client : clients)
			client.join();
		return asked.get() * 1e9 / (System.nanoTime() - started);
	}

	public static void main(String[] args) throws Exception {
		try (IndexReader reader = DirectoryReader.open(new MMapDirectory(Path.of(args[0], "lucene")))) {
			Ask ask = new Ask(reader, Path.of(args[1]), args[2].equals("both"));
			for (int kind = 0; kind < KINDS; kind++) {
				if (ask.questions.get(kind).isEmpty())
					continue;
				ask.judge(kind);
				ask.time(kind);
			}
			ask.rate(2); /* for the compiler */
			for (int threads = 1; threads <= 2; threads++)
				ask.out.println("rate " + threads + " " + ask.rate(threads));
			ask.out.flush();
		}
	}
}
