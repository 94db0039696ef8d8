package dev.synapse.build.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Makes an HTTP client that goes where the machine's other tools would go: through the proxy the
/// environment names, trusting the system's certificate authorities besides those of the JDK.
public final class Web {
  private static final List<String> BUNDLES =
      List.of(
          "etc/ssl/certs/ca-certificates.crt",
          "etc/pki/tls/certs/ca-bundle.crt",
          "etc/ssl/ca-bundle.pem",
          "etc/ssl/cert.pem");

  /// Of a proxy that is named without a port.
  private static final int PROXY_PORT = 80;

  private Web() {}

  /// A client that speaks HTTP/1.1 and follows a few redirects, none of them to a weaker protocol.
  public static HttpClient client(Host host, Duration connectTimeout) throws IOException {
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(new EnvironmentProxies(host.environment()))
            .sslContext(trust(host));
    credentials(host.environment()).ifPresent(builder::authenticator);
    return builder.build();
  }

  private static SSLContext trust(Host host) throws IOException {
    try {
      var together = KeyStore.getInstance(KeyStore.getDefaultType());
      together.load(null, null);
      int number = 0;
      for (X509Certificate authority : ofJdk()) {
        together.setCertificateEntry("jdk" + number++, authority);
      }
      for (Certificate authority : ofSystem(host)) {
        together.setCertificateEntry("system" + number++, authority);
      }
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(together);
      var context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up TLS: " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> ofJdk() throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    var authorities = new ArrayList<X509Certificate>();
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trusting) {
        authorities.addAll(Arrays.asList(trusting.getAcceptedIssuers()));
      }
    }
    return authorities;
  }

  private static List<Certificate> ofSystem(Host host) throws IOException, CertificateException {
    String named = host.environment().getOrDefault("SSL_CERT_FILE", "");
    Optional<Path> bundle =
        named.isEmpty()
            ? BUNDLES.stream().map(host.root()::resolve).filter(Files::isReadable).findFirst()
            : Optional.of(Path.of(named));
    if (bundle.isEmpty()) {
      return List.of();
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(bundle.get()))) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
    } catch (CertificateException e) {
      throw new CertificateException(
          "the certificates in '%s' cannot be read: %s".formatted(bundle.get(), e.getMessage()), e);
    }
  }

  /// The variable in lower case, else in upper case; lower case wins, as in curl.
  private static String variable(Map<String, String> environment, String name) {
    String lower = environment.getOrDefault(name, "");
    return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
  }

  private static Optional<URI> proxy(Map<String, String> environment, String scheme) {
    String text = variable(environment, scheme + "_proxy");
    if (text.isEmpty()) {
      text = variable(environment, "all_proxy");
    }
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI address = URI.create(text.contains("://") ? text : "http://" + text);
      return address.getHost() == null ? Optional.empty() : Optional.of(address);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Authenticator> credentials(Map<String, String> environment) {
    for (String scheme : List.of("https", "http")) {
      Optional<String> user = proxy(environment, scheme).map(URI::getUserInfo);
      if (user.isPresent()) {
        String[] parts = user.get().split(":", 2);
        char[] password = parts.length > 1 ? parts[1].toCharArray() : new char[0];
        return Optional.of(
            new Authenticator() {
              @Override
              protected @Nullable PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                    ? new PasswordAuthentication(parts[0], password)
                    : null;
              }
            });
      }
    }
    return Optional.empty();
  }

  /// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower or upper case.
  static final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
      this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI address) {
      String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
      Optional<URI> proxy = proxy(environment, String.valueOf(address.getScheme()));
      if (proxy.isEmpty() || isDirect(host)) {
        return List.of(Proxy.NO_PROXY);
      }
      int port = proxy.get().getPort() < 0 ? PROXY_PORT : proxy.get().getPort();
      return List.of(
          new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.get().getHost(), port)));
    }

    private boolean isDirect(String host) {
      return isLoopback(host)
          || Arrays.stream(variable(environment, "no_proxy").split(",", -1))
              .map(entry -> entry.strip().toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""))
              .anyMatch(entry -> entry.equals("*") || isOf(entry, host));
    }

    private static boolean isLoopback(String host) {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /// Whether `domain`, which may begin with `*.` or a dot, is the host or one that it is in.
    private static boolean isOf(String domain, String host) {
      String name = domain.replaceFirst("^\\*?\\.", "");
      return !domain.isEmpty() && (host.equals(name) || host.endsWith("." + name));
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
      // the request itself fails and is tried again
    }
  }
}
