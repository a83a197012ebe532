#include "app/cli_groups.h"

namespace quarry::app {

void AddIndex(CommandTree& tree) {
  IndexArguments& index = tree.Keep<IndexArguments>();
  CLI::App& command = tree.AddCommand(
      tree.root(), "index", "add documents, or bring a folder's documents up to date",
      "quarry index docs/ --include '*.md' --exclude 'drafts/**' --meta team=pumps --prune\n"
      "  quarry index https://docs.example.org/ --set web.enabled=true\n"
      "  quarry index - < records.jsonl   "
      R"({"id": "a1", "text": "..", "metadata": {"year": 2020}})"
      "\n                                   "
      R"({"op": "delete", "id": "a1"})");
  tree.AddWords(command, "PATH", index.paths,
                "files, folders, https:// addresses; - reads JSON lines from stdin");
  tree.AddListKey(command, "--include", "ingest.include", "GLOB", "only these files; repeatable");
  tree.AddListKey(command, "--exclude", "ingest.exclude", "GLOB", "not these files; repeatable");
  command.add_flag("--prune", index.prune, "remove documents whose file is gone");
  command.add_flag("--dry-run", index.dry_run, "say what would be done, change nothing");
  command.add_flag("--watch", index.watch, "go on until Ctrl-C: follow what changes");
  command.add_option("--meta", index.metadata, "metadata of every document; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  tree.AddKey(command, "--jobs", "ingest.jobs", "N", "threads that parse (one per core)");
  tree.Then(command, RunIndex, index);
}

void AddDocs(CommandTree& tree) {
  DocsListArguments& docs_list = tree.Keep<DocsListArguments>();
  DocsShowArguments& docs_show = tree.Keep<DocsShowArguments>();
  DocsDuplicatesArguments& docs_duplicates = tree.Keep<DocsDuplicatesArguments>();
  DocsDeleteArguments& docs_delete = tree.Keep<DocsDeleteArguments>();
  CLI::App& docs = tree.AddFamily("docs", "documents of a collection", "quarry docs ls");
  CLI::App& list = tree.AddCommand(docs, "ls", "list documents in the order of first indexing",
                                   "quarry docs ls --limit 20 --offset 40");
  list.add_option("--limit", docs_list.limit, "documents to show (50)")
      ->type_name("N")
      ->check(IntegerFrom(1, kMaxListed));
  list.add_option("--offset", docs_list.offset, "documents to leave out first")
      ->type_name("N")
      ->check(IntegerFrom(0, kMaxListed));
  tree.Then(list, RunDocsList, docs_list);

  CLI::App& show =
      tree.AddCommand(docs, "show", "one document", "quarry docs show guide/install.md --chunks");
  show.add_option("ID", docs_show.id, "of the document")->required();
  show.add_flag("--chunks", docs_show.chunks, "its chunks too");
  show.add_flag("--text", docs_show.text, "its text (alone, without --chunks)");
  tree.Then(show, RunDocsShow, docs_show);

  CLI::App& duplicates =
      tree.AddCommand(docs, "duplicates", "documents that say nearly what another says",
                      "quarry docs duplicates --similarity 0.9");
  duplicates
      .add_option("--similarity", docs_duplicates.similarity,
                  "share of runs of five words in common, 0.5 to 1 (0.8)")
      ->type_name("SHARE")
      ->check(CLI::Range(0.5, 1.0));
  tree.Then(duplicates, RunDocsDuplicates, docs_duplicates);

  const auto add_whole = [&](CLI::App& command) -> DocsWholeArguments& {
    DocsWholeArguments& whole = tree.Keep<DocsWholeArguments>();
    tree.AddWords(command, "ID", whole.ids, "of the documents");
    command.add_option("--focus", whole.focus, "what the text is to be about")->type_name("TEXT");
    command.add_option("--language", whole.language, "of the text: en or zh")
        ->type_name("NAME")
        ->check(OneOf({"en", "zh"}));
    command
        .add_option("--sentences", whole.max_sentences,
                    "quoted of each document, or pairs that differ, without a chat model")
        ->type_name("N")
        ->check(IntegerFrom(1, 1000));
    return whole;
  };
  CLI::App& summarize =
      tree.AddCommand(docs, "summarize", "what documents say, in a few cited sentences",
                      "quarry docs summarize guide/install.md guide/faq.md");
  tree.Then(summarize, RunDocsSummarize, add_whole(summarize));
  CLI::App& compare = tree.AddCommand(docs, "compare", "where two documents differ, cited",
                                      "quarry docs compare rules-2024.md rules-2025.md");
  tree.Then(compare, RunDocsCompare, add_whole(compare));

  CLI::App& remove = tree.AddCommand(docs, "delete", "remove documents at once",
                                     "quarry docs delete guide/old.md guide/older.md");
  tree.AddWords(remove, "ID", docs_delete.ids, "of the documents");
  tree.Then(remove, RunDocsDelete, docs_delete);
}

void AddCollections(CommandTree& tree) {
  std::string& collection = tree.Keep<std::string>();
  CLI::App& collections =
      tree.AddFamily("collections", "collections of a store", "quarry collections ls");
  CLI::App& list = tree.AddCommand(collections, "ls", "list collections", "quarry collections ls");
  tree.Then(list, RunCollectionsList);
  CLI::App& create = tree.AddCommand(collections, "create", "make an empty collection",
                                     "quarry collections create manuals --set bm25.k1=0.9 "
                                     "--set bm25.title_weight=3");
  create.add_option("NAME", collection, "of the collection")->required();
  tree.Then(create, RunCollectionsCreate, collection);
  CLI::App& set = tree.AddCommand(collections, "set", "change how a collection holds its vectors",
                                  "quarry collections set manuals --set vectors.kind=hnsw");
  set.add_option("NAME", collection, "of the collection")->required();
  tree.Then(set, RunCollectionsSet, collection);
  CLI::App& remove = tree.AddCommand(collections, "delete", "remove a collection and all it holds",
                                     "quarry collections delete manuals");
  remove.add_option("NAME", collection, "of the collection")->required();
  tree.Then(remove, RunCollectionsDelete, collection);
}

}  // namespace quarry::app
