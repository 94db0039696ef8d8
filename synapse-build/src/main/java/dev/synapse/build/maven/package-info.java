/// What a Maven build reads: found out by recording a real run, and laid out again as a repository.
///
/// `synapse lock` runs the declared goals once against [dev.synapse.build.maven.RecordingProxy];
/// every file that Maven was given is one [dev.synapse.build.lock.LockedFile] of the lock. A build
/// gets exactly these files, as the tree that [dev.synapse.build.maven.MavenRepositoryLayout]
/// makes.
@NullMarked
package dev.synapse.build.maven;

import org.jspecify.annotations.NullMarked;
