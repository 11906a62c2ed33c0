/* bench/compare/lucene/Build.java - corpus.bin to a Lucene index on two threads: subject and text as typed and (unless
 * "one") folded as well, with positions; the number whole; the text stored.
 *
 *   java lucene.Build DIR both|one        DIR/corpus.bin -> DIR/lucene */
package lucene;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

final class Build {
	private static final int THREADS = 2;

	private static Document document(Texts t, boolean both) {
		Document d = new Document();
		for (String part : new String[] {t.subject, t.text}) {
			d.add(new TextField(Texts.TEXT, part, Field.Store.NO));
			if (both)
				d.add(new TextField(Texts.FOLDED, part, Field.Store.NO));
		}
		if (!t.number.isEmpty())
			d.add(new StringField(Texts.NUMBER, t.number, Field.Store.NO));
		d.add(new BinaryDocValuesField(Texts.ID, new BytesRef(t.id)));
		d.add(new StoredField("body", t.text));
		return d;
	}

	private static Void add(String corpus, IndexWriter writer, int thread, boolean both) throws Exception {
		try (Texts t = new Texts(corpus)) {
			for (int i = 0; t.next(i % THREADS == thread); i++)
				if (i % THREADS == thread)
					writer.addDocument(document(t, both));
		}
		return null;
	}

	public static void main(String[] args) throws Exception {
		String dir = args[0];
		boolean both = args[1].equals("both");
		IndexWriterConfig config = new IndexWriterConfig(Texts.analyzer());
		config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
		config.setRAMBufferSizeMB(64);
		ExecutorService pool = Executors.newFixedThreadPool(THREADS);
		try (Directory index = FSDirectory.open(Path.of(dir, "lucene")); IndexWriter writer = new IndexWriter(index, config)) {
			Future<?>[] parts = new Future<?>[THREADS];
			for (int i = 0; i < THREADS; i++) {
				int thread = i;
				parts[i] = pool.submit(() -> add(Path.of(dir, "corpus.bin").toString(), writer, thread, both));
			}
			for (Future<?> part : parts)
				part.get();
			writer.commit();
		} finally {
			pool.shutdown();
		}
	}
}
