/* bench/compare/lucene/Texts.java - reads corpus.bin (see ../corpus.c) and says how a text becomes terms: split and
 * lower-cased as StandardAnalyzer does it, with and without accents. */
package lucene;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.standard.StandardTokenizer;

final class Texts implements Closeable {
	static final String TEXT = "text", FOLDED = "folded", NUMBER = "number", ID = "id";

	String id, number, subject, text;
	private final DataInputStream in;

	Texts(String path) throws IOException {
		in = new DataInputStream(new BufferedInputStream(new FileInputStream(path), 1 << 20));
	}

	/* The next record, if this thread wants it: others are only passed over. */
	boolean next(boolean wanted) throws IOException {
		int[] lengths = new int[4];
		try {
			for (int i = 0; i < 4; i++)
				lengths[i] = Integer.reverseBytes(in.readInt());
		} catch (EOFException end) {
			return false;
		}
		if (!wanted) {
			in.skipNBytes((long) lengths[0] + lengths[1] + lengths[2] + lengths[3]);
			return true;
		}
		id = string(lengths[0]);
		number = string(lengths[1]);
		subject = string(lengths[2]);
		text = string(lengths[3]);
		return true;
	}

	private String string(int length) throws IOException {
		return new String(in.readNBytes(length), StandardCharsets.UTF_8);
	}

	@Override
	public void close() throws IOException {
		in.close();
	}

	private static Analyzer analyzer(boolean fold) {
		return new Analyzer() {
			@Override
			protected TokenStreamComponents createComponents(String field) {
				StandardTokenizer words = new StandardTokenizer();
				TokenStream terms = new LowerCaseFilter(words);
				return new TokenStreamComponents(words, fold ? new ASCIIFoldingFilter(terms) : terms);
			}
		};
	}

	static Analyzer analyzer() {
		return new PerFieldAnalyzerWrapper(analyzer(false), Map.of(FOLDED, analyzer(true)));
	}
}
