package dev.synapse.store.cache;

import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.VerificationKey;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The page for people: what this is, what to type to use it, and what is in it. One text without
/// scripts, pictures or anything from elsewhere.
///
/// @param address of the cache
/// @param contents what is in it
/// @param keys that sign what is here
/// @param uploads whether files can be put here
record CachePage(
    String address, ServedCache.Contents contents, List<VerificationKey> keys, boolean uploads) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\-_\\[\\]:]{1,255}");
  private static final int KILO = 1000;

  /// Smaller numbers of a unit are shown with a decimal.
  private static final int TWO_DIGITS = 10;

  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: light-dark(#1c2330, #e4e8ee);
        --quiet: light-dark(#566072, #a2acba); --ground: light-dark(#fbfbfa, #14181f);
        --card: light-dark(#ffffff, #1c222b); --line: light-dark(#dcdfe4, #343c48);
        --accent: light-dark(#0b5c8a, #7cc4ef); }
      * { box-sizing: border-box; }
      body { margin: 0; background: var(--ground); color: var(--ink);
        font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
      main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
      h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; }
      h2 { font-size: 1.2rem; margin: 2.25rem 0 .6rem; }
      h3 { font-size: 1rem; margin: 1.1rem 0 .35rem; }
      p { margin: .4rem 0; } .quiet { color: var(--quiet); }
      a { color: var(--accent); } a:focus-visible { outline: 3px solid var(--accent); }
      dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
      dl div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
        padding: .6rem 1rem; } dt { color: var(--quiet); font-size: .85rem; }
      dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
      pre { margin: 0; padding: .8rem 1rem; background: var(--card); border: 1px solid var(--line);
        border-radius: .6rem; white-space: pre-wrap; overflow-wrap: anywhere; }
      code, pre { font: .9rem/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
      table { width: 100%; border-collapse: collapse; background: var(--card);
        border: 1px solid var(--line); }
      caption { text-align: left; color: var(--quiet); padding: 0 0 .5rem; }
      th, td { text-align: left; padding: .4rem .8rem; border-top: 1px solid var(--line);
        vertical-align: top; overflow-wrap: anywhere; }
      th.size, td.size { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
      """;

  /// Whether what a client calls this host can stand in the page.
  static boolean isHost(@Nullable String host) {
    return host != null && HOST.matcher(host).matches();
  }

  String html() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Binary cache</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        <h1>Binary cache</h1>
        <p>What others built and you need not build again, in the protocol of Nix: for
        <strong>Synapse</strong> and for <strong>Nix</strong>.</p>
        """
            .formatted(STYLE));
    facts(page);
    usage(page);
    contents(page);
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private void facts(StringBuilder page) {
    page.append("<dl>\n");
    fact(page, "Store paths", Long.toString(contents.paths()));
    contents.bytes().ifPresent(bytes -> fact(page, "Size, unpacked", size(bytes)));
    fact(page, "Uploads", uploads ? "with a token" : "none, read-only");
    for (VerificationKey key : keys) {
      fact(page, "Public key", key.toString());
    }
    page.append("</dl>\n");
  }

  private static void fact(StringBuilder page, String name, String value) {
    page.append("<div><dt>%s</dt><dd>%s</dd></div>\n".formatted(escaped(name), escaped(value)));
  }

  private void usage(StringBuilder page) {
    String ourKeys = keys.isEmpty() ? "" : " --trusted-key '" + keys.getFirst() + "'";
    String path =
        contents.entries().isEmpty()
            ? "/nix/store/..."
            : contents.entries().getFirst().path().toString();
    page.append("<h2>Use it</h2>\n<h3>Synapse: build, asking here first</h3>\n");
    code(page, "synapse build --substituter " + address + ourKeys);
    page.append("<h3>Synapse: fetch one path</h3>\n");
    code(page, "synapse cache pull " + address + ourKeys + " " + path);
    page.append("<h3>Nix: in <code>nix.conf</code></h3>\n");
    String keyLine = keys.isEmpty() ? "" : "extra-trusted-public-keys = %s%n".formatted(joined());
    code(page, "extra-substituters = %s%n%s".formatted(address, keyLine).stripTrailing());
    if (keys.isEmpty()) {
      List<String> signers =
          contents.entries().stream().flatMap(each -> each.signers().stream()).distinct().toList();
      page.append("<p class=\"quiet\">")
          .append(
              escaped(
                  signers.isEmpty()
                      ? "Nothing listed here is signed: only what follows from its contents is"
                          + " accepted."
                      : "Signed by "
                          + String.join(", ", signers)
                          + ": ask whoever runs this cache for the public half, and give it with"
                          + " --trusted-key, or as extra-trusted-public-keys."))
          .append("</p>\n");
    }
    if (uploads) {
      page.append("<h3>Synapse: put something here</h3>\n");
      code(page, "synapse cache push " + address + " --token-file FILE " + path);
    }
  }

  private String joined() {
    return String.join(" ", keys.stream().map(VerificationKey::toString).toList());
  }

  private static void code(StringBuilder page, String text) {
    page.append("<pre><code>").append(escaped(text)).append("</code></pre>\n");
  }

  private void contents(StringBuilder page) {
    page.append("<h2>What is in it</h2>\n");
    if (contents.entries().isEmpty()) {
      page.append("<p class=\"quiet\">Nothing yet.</p>\n");
      return;
    }
    page.append("<table>\n<caption>")
        .append(
            contents.entries().size() < contents.paths()
                ? "%d of %d store paths, by name"
                    .formatted(contents.entries().size(), contents.paths())
                : "All store paths, by name")
        .append(
            """
            </caption>
            <thead><tr><th scope="col">Store path</th><th scope="col" class="size">Unpacked</th></tr></thead>
            <tbody>
            """);
    for (ServedCache.Entry each : contents.entries()) {
      StorePath path = each.path();
      page.append(
          "<tr><td><a href=\"%s\">%s</a><br><code class=\"quiet\">%s</code></td><td class=\"size\">%s</td></tr>\n"
              .formatted(
                  escaped(NarInfo.fileOf(path)),
                  escaped(path.name()),
                  escaped(path.toString()),
                  size(each.narSize())));
    }
    page.append("</tbody>\n</table>\n");
  }

  /// A size for people: three digits or so.
  static String size(long bytes) {
    double left = bytes;
    int unit = 0;
    while (left >= KILO && unit < UNITS.length - 1) {
      left /= KILO;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit > 0 && left < TWO_DIGITS ? "%.1f %s" : "%.0f %s", left, UNITS[unit]);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
