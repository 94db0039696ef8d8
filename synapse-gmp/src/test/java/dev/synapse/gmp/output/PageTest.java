package dev.synapse.gmp.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.gmp.policy.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page as a real browser shows it. Screenshots are left in `target/pages`.
@Tag("slow")
final class PageTest {
  /// WCAG 2.2, 1.4.3: the contrast of text that is not large.
  private static final double CONTRAST = 4.5;

  /// The least contrast of any text with what is behind it, by WCAG's formula.
  private static final String LEAST_CONTRAST =
      """
      (() => {
        const rgb = text => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
          .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = e => {
          for (; e; e = e.parentElement) {
            const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length < 4 || c[3] > 0) return c;
          }
          return [255, 255, 255];
        };
        let least = 99, count = 0;
        for (const e of document.querySelectorAll('body *')) {
          const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
          if (!own || e.matches('svg title, svg desc')) continue;
          const style = getComputedStyle(e);
          const color = e.namespaceURI.endsWith('svg') ? style.fill : style.color;
          const [a, b] = [light(rgb(color)), light(behind(e))];
          least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
          count++;
        }
        return count > 50 ? least : 0;
      })()
      """;

  @TempDir private Path folder;

  @Test
  void thePageFitsReadsWellAndAsksNobody() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "chromium is not installed");
    Path page =
        Files.writeString(folder.resolve("gate.html"), PageSamples.page(folder, Mode.STRICT));
    Path shots = Files.createDirectories(Path.of("target", "pages"));
    try (Browser browser = Browser.start(program.get(), folder.resolve("profile"))) {
      for (String scheme : new String[] {"light", "dark"}) {
        for (int width : new int[] {400, 1280}) {
          browser.show(page, width, scheme, "screen");
          browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
          String shown = "%s-%d".formatted(scheme, width);
          Files.write(shots.resolve(shown + ".png"), browser.screenshot());
          assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt(0))
              .as(shown)
              .isPositive()
              .isLessThanOrEqualTo(width);
          assertThat(browser.evaluate(SCROLLED).asString())
              .as("%s: what has to be scrolled sideways", shown)
              .isEmpty();
          assertThat(browser.evaluate(LEAST_CONTRAST).asDouble(0))
              .as(shown)
              .isGreaterThanOrEqualTo(CONTRAST);
        }
      }
      assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor").asString())
          .isEqualTo("rgb(20, 24, 28)");
      assertThat(browser.evaluate(LANDMARKS).asString()).isEmpty();
      browser.show(page, 800, "dark", "print");
      assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor").asString())
          .isEqualTo("rgb(255, 255, 255)");
      assertThat(browser.requests()).isZero();
    }
  }

  /// Regions whose content is wider than they are.
  private static final String SCROLLED =
      """
      [...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
        .map(e => e.getAttribute('aria-label') + ' ' + e.scrollWidth).join(', ')
      """;

  /// What a reader who does not see the page would miss; empty when nothing.
  private static final String LANDMARKS =
      """
      (() => {
        const wrong = [];
        const all = q => [...document.querySelectorAll(q)];
        if (all('h1').length !== 1 || !all('h1')[0].innerText.includes('REJECTED')) wrong.push('h1');
        if (all('main').length !== 1 || all('header').length !== 1) wrong.push('landmarks');
        if (all('.scroll > table').some(t => !t.caption)) wrong.push('captions');
        if (all('th').some(h => !h.scope)) wrong.push('scopes');
        if (all('section').some(s => !document.getElementById(s.getAttribute('aria-labelledby')))) wrong.push('sections');
        if (all('svg').some(s => !s.querySelector('title') || s.getAttribute('role') !== 'img')) wrong.push('svg');
        if (document.documentElement.lang !== 'en') wrong.push('lang');
        if (all('svg').length < 1) wrong.push('no trend');
        return wrong.join(' ');
      })()
      """;
}
