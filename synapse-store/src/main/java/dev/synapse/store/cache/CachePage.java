package dev.synapse.store.cache;

import dev.synapse.store.signature.VerificationKey;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The page for people: what this is, how much it holds, and what to type to use it. One text
/// without scripts, pictures or anything from elsewhere.
///
/// @param address of the cache
/// @param facts shown as a table
/// @param keys that sign what is here
/// @param uploads whether files can be put here
record CachePage(
    String address, List<ServedCache.Fact> facts, List<VerificationKey> keys, boolean uploads) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.\\-_\\[\\]:]{1,255}");

  /// Whether what a client calls this host can stand in the page.
  static boolean isHost(@Nullable String host) {
    return host != null && HOST.matcher(host).matches();
  }

  String html() {
    StringBuilder rows = new StringBuilder();
    facts.forEach(fact -> row(rows, fact.name(), fact.value()));
    keys.forEach(key -> row(rows, "Public key", key.toString()));
    row(rows, "Uploads", uploads ? "with a token" : "none");
    String nixKeys = keys.isEmpty() ? "" : " --trusted-public-keys '" + keys.getFirst() + "'";
    String ourKeys = keys.isEmpty() ? "" : " --trusted-key '" + keys.getFirst() + "'";
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Binary cache</title>
    <style>
    :root { color-scheme: light dark; }
    body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
    th { text-align: left; padding-right: 2rem; vertical-align: top; font-weight: 600; }
    td { overflow-wrap: anywhere; }
    pre { padding: .75rem; overflow-x: auto; border: 1px solid; border-radius: .25rem; }
    </style>
    </head>
    <body>
    <main>
    <h1>Binary cache</h1>
    <p>This server gives away what others built, in the protocol of Nix binary caches.</p>
    <table>
    %s</table>
    <h2>With Synapse</h2>
    <pre>%s</pre>
    <h2>With Nix</h2>
    <pre>%s</pre>
    <p><a href="nix-cache-info">nix-cache-info</a></p>
    </main>
    </body>
    </html>
    """
        .formatted(
            rows,
            escaped("synapse cache pull " + address + ourKeys + " /nix/store/PATH"),
            escaped("nix copy --from " + address + nixKeys + " /nix/store/PATH"));
  }

  private static void row(StringBuilder rows, String name, String value) {
    rows.append("<tr><th scope=\"row\">")
        .append(escaped(name))
        .append("</th><td>")
        .append(escaped(value))
        .append("</td></tr>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
