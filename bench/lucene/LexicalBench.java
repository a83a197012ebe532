// Lucene's side of the lexical benchmark: the commands of bench/lexical.cc.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

public class LexicalBench {
  static final EnglishAnalyzer ANALYZER = new EnglishAnalyzer();

  static double cpuSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime() * 1e-9;
  }

  static double seconds() {
    return System.nanoTime() * 1e-9;
  }

  static void index(String passages, String directory) throws Exception {
    double begin = seconds();
    double cpu = cpuSeconds();
    FieldType type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS); // no positions
    type.setTokenized(true);
    type.freeze();
    Path path = Paths.get(directory);
    int docs = 0;
    double committed;
    try (Directory store = new MMapDirectory(path)) {
      IndexWriterConfig config = new IndexWriterConfig(ANALYZER);
      config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
      config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
      config.setRAMBufferSizeMB(256);
      try (IndexWriter writer = new IndexWriter(store, config);
          BufferedReader lines = Files.newBufferedReader(Paths.get(passages))) {
        for (String line; (line = lines.readLine()) != null; ++docs) {
          Document document = new Document();
          document.add(new Field("text", line, type));
          writer.addDocument(document);
        }
        writer.commit();
        committed = seconds();
        writer.forceMerge(1);
        writer.commit();
      }
    }
    long bytes = 0;
    try (var files = Files.list(path)) {
      for (Path file : (Iterable<Path>) files::iterator) bytes += Files.size(file);
    }
    System.out.printf(
        "{\"docs\": %d, \"seconds\": %.3f, \"cpu_seconds\": %.3f, \"merge_seconds\": %.3f, \"bytes\": %d}%n",
        docs, committed - begin, cpuSeconds() - cpu, seconds() - committed, bytes);
  }

  static ScoreDoc[] run(IndexSearcher searcher, String query, int k) throws Exception {
    BooleanQuery.Builder terms = new BooleanQuery.Builder();
    try (TokenStream tokens = ANALYZER.tokenStream("text", query)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        terms.add(new TermQuery(new Term("text", term.toString())), BooleanClause.Occur.SHOULD);
      }
      tokens.end();
    }
    // Counting no more hits than are wanted lets it skip blocks.
    TopScoreDocCollector collector = TopScoreDocCollector.create(k, k);
    searcher.search(terms.build(), collector);
    return collector.topDocs().scoreDocs;
  }

  static void search(String directory, String queries, int k) throws Exception {
    DirectoryReader reader = DirectoryReader.open(new MMapDirectory(Paths.get(directory)));
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    searcher.setQueryCache(null);
    List<String> lines = new ArrayList<>(Files.readAllLines(Paths.get(queries)));
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String command; (command = commands.readLine()) != null && !command.equals("quit"); ) {
      if (command.startsWith("dump ")) {
        try (PrintWriter out = new PrintWriter(command.substring(5), "UTF-8")) {
          for (String query : lines) {
            for (ScoreDoc hit : run(searcher, query, k)) out.print(hit.doc + ":" + hit.score + " ");
            out.println();
          }
        }
        System.out.println("{}");
      } else {
        long hits = 0;
        double begin = seconds();
        for (String query : lines) hits += run(searcher, query, k).length;
        System.out.printf("{\"seconds\": %.6f, \"hits\": %d}%n", seconds() - begin, hits);
      }
      System.out.flush();
    }
  }

  public static void main(String[] words) throws Exception {
    if (words.length == 3 && words[0].equals("index")) {
      index(words[1], words[2]);
    } else if ((words.length == 3 || words.length == 4) && words[0].equals("search")) {
      search(words[1], words[2], words.length == 4 ? Integer.parseInt(words[3]) : 10);
    } else {
      System.err.println("LexicalBench index PASSAGES DIR | search DIR QUERIES [K]");
      System.exit(2);
    }
  }
}
