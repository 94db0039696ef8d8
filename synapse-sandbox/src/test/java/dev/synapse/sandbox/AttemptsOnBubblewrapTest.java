package dev.synapse.sandbox;

import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// The same where bubblewrap makes the sandboxes.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AttemptsOnBubblewrapTest extends AttemptsTest {
  @Override
  boolean launcher() {
    return false;
  }
}
