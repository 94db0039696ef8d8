package dev.synapse.sandbox;

import org.junit.jupiter.api.Timeout;

/// The same where bubblewrap makes the sandboxes.
@Timeout(120)
final class LimitsOnBubblewrapTest extends LimitsTest {
  @Override
  boolean launcher() {
    return false;
  }
}
