package dev.synapse.cli;

import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;

/// Makes realisers that share one store and one sandbox.
@FunctionalInterface
interface Realisers {
  Realiser with(RealiseSettings settings);
}
