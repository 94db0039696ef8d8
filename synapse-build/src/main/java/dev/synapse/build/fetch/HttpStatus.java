package dev.synapse.build.fetch;

/// Status codes of HTTP that mean something here (RFC 9110, section 15; 429 is of RFC 6585).
final class HttpStatus {
  static final int OK = 200;
  static final int PARTIAL_CONTENT = 206;
  static final int NOT_FOUND = 404;
  static final int REQUEST_TIMEOUT = 408;
  static final int GONE = 410;
  static final int RANGE_NOT_SATISFIABLE = 416;
  static final int TOO_MANY_REQUESTS = 429;

  private static final int FIRST_REDIRECTION = 300;
  private static final int FIRST_OF_CLIENT = 400;
  private static final int FIRST_OF_SERVER = 500;

  private HttpStatus() {}

  /// Whether it sends to another address.
  static boolean isRedirection(int status) {
    return status >= FIRST_REDIRECTION && status < FIRST_OF_CLIENT;
  }

  /// Whether the server is to blame.
  static boolean isOfServer(int status) {
    return status >= FIRST_OF_SERVER;
  }
}
