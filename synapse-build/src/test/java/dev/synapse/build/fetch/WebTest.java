package dev.synapse.build.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests go where the environment says, and only to servers that the system trusts.
@Timeout(60)
final class WebTest {
  private static final String PASSWORD = "changeit";

  @TempDir private Path folder;

  private Host host(Map<String, String> environment) {
    return new Host(environment, folder, folder, List.of());
  }

  private HttpResponse<String> get(URI address, Host host)
      throws IOException, InterruptedException {
    try (var client = Web.client(host, Duration.ofSeconds(30))) {
      return client.send(
          HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aProxyThatAsksGetsUserAndPasswordOfTheEnvironment() throws Exception {
    try (var proxy =
        new LoopbackServer(
            (request, out) -> {
              String expected =
                  "Basic " + Base64.getEncoder().encodeToString("me:se:cret".getBytes(UTF_8));
              if (expected.equals(request.headers().get("Proxy-Authorization"))) {
                LoopbackServer.reply(out, "200 OK", request.path().getBytes(ISO_8859_1));
              } else {
                LoopbackServer.reply(
                    out,
                    "407 Proxy Authentication Required",
                    new byte[0],
                    "Proxy-Authenticate: Basic realm=\"test\"");
              }
            })) {
      String address = proxy.base().toString().replace("http://", "http://me:se:cret@");

      var answer = get(URI.create("http://files.example/x"), host(Map.of("http_proxy", address)));

      assertThat(answer.body()).isEqualTo("http://files.example/x");
      assertThat(proxy.asked()).hasSize(2);
    }
  }

  @Test
  void aServerThatAsksIsNotToldThePasswordOfTheProxy() throws Exception {
    try (var server =
        new LoopbackServer(
            (_, out) ->
                LoopbackServer.reply(
                    out,
                    "401 Unauthorized",
                    new byte[0],
                    "WWW-Authenticate: Basic realm=\"test\""))) {
      var environment = Map.of("https_proxy", "me:secret@127.0.0.1:1");

      assertThatThrownBy(() -> get(server.base(), host(environment)))
          .isInstanceOf(IOException.class);
      assertThat(server.asked())
          .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("Authorization"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "http_proxy=http://p.example:3128;HTTP @ p.example/<unresolved>:3128",
        "HTTP_PROXY=p.example;HTTP @ p.example/<unresolved>:80",
        "all_proxy=http://p.example:8080;HTTP @ p.example/<unresolved>:8080",
        "https_proxy=http://p.example:3128;DIRECT",
        "http_proxy=http://;DIRECT",
        "http_proxy=http://[;DIRECT",
      })
  void theProxyOfTheSchemeOrOfAllIsTaken(String variable, String expected) {
    String[] parts = variable.split("=", 2);
    var proxies = new Web.EnvironmentProxies(Map.of(parts[0], parts[1]));

    Proxy chosen = proxies.select(URI.create("http://files.example/")).getFirst();

    assertThat(chosen.type())
        .isEqualTo(expected.equals("DIRECT") ? Proxy.Type.DIRECT : Proxy.Type.HTTP);
    if (chosen.address() instanceof InetSocketAddress at) {
      assertThat("HTTP @ " + at.getHostString() + "/<unresolved>:" + at.getPort())
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "*,files.example,true",
    "*.example,files.example,true",
    ".example,files.example,true",
    "example,files.example,true",
    "files.example:80,files.example,true",
    "iles.example,files.example,false",
    "' , other',files.example,false",
    "'',[::1],true",
    "'',127.0.0.2,true",
  })
  void whatNoProxyNamesIsReachedDirectly(String excluded, String host, boolean direct) {
    var proxies =
        new Web.EnvironmentProxies(Map.of("http_proxy", "http://p.example", "no_proxy", excluded));

    assertThat(proxies.select(URI.create("http://" + host + "/")).contains(Proxy.NO_PROXY))
        .isEqualTo(direct);
  }

  @Test
  void anAuthorityOfTheSystemIsTrustedAndNoOther() throws Exception {
    Path bundle = folder.resolve("own.pem");
    HttpsServer server = serverWithACertificateIn(bundle);
    try {
      URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");

      assertThat(get(address, host(Map.of("SSL_CERT_FILE", bundle.toString()))).body())
          .isEqualTo("trusted");
      assertThatThrownBy(() -> get(address, host(Map.of()))).isInstanceOf(SSLException.class);
      Path place = Files.createDirectories(folder.resolve("etc/ssl/certs"));
      Files.copy(bundle, place.resolve("ca-certificates.crt"));
      assertThat(get(address, host(Map.of())).body()).isEqualTo("trusted");
    } finally {
      server.stop(0);
    }
  }

  private HttpsServer serverWithACertificateIn(Path bundle) throws Exception {
    Path keys = folder.resolve("keys.p12");
    keytool(
        "-genkeypair -alias own -keyalg EC -dname CN=test -ext SAN=IP:127.0.0.1 -storetype PKCS12",
        keys);
    keytool("-exportcert -rfc -alias own -file " + bundle, keys);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "trusted".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void keytool(String words, Path keys) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words.split(" ", -1)));
    command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void aBundleThatHoldsNoCertificatesIsNamed() throws Exception {
    Path bundle = folder.resolve("own.pem");
    Files.writeString(bundle, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertThatThrownBy(
            () ->
                Web.client(host(Map.of("SSL_CERT_FILE", bundle.toString())), Duration.ofSeconds(1)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cannot set up TLS: the certificates in '" + bundle + "'");
  }
}
