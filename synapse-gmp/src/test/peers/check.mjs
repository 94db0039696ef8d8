// node check.mjs dsse|bundle|bom FILE [KEY.pem]: what the libraries of others say of a file.
import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { crypto, dsse } from '@sigstore/core';
import { Verifier, toSignedEntity } from '@sigstore/verify';
import * as CycloneDx from '@cyclonedx/cyclonedx-library';

const [kind, file, keyFile] = process.argv.slice(2);
const document = JSON.parse(readFileSync(file, 'utf8'));
const key = keyFile && createPublicKey(readFileSync(keyFile, 'utf8'));

const checks = {
  dsse() {
    const payload = Buffer.from(document.payload, 'base64');
    const signed = dsse.preAuthEncoding(document.payloadType, payload);
    const signature = Buffer.from(document.signatures[0].sig, 'base64');
    if (!crypto.verify(signed, key, signature)) throw new Error('signature refused');
  },
  bundle() {
    const trust = {
      certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [],
      publicKey: () => ({ publicKey: key, validFor: () => true }),
    };
    const options = { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0, timestampThreshold: 0 };
    new Verifier(trust, options).verify(toSignedEntity(bundleFromJSON(document)));
  },
  async bom() {
    const validator = new CycloneDx.Validation.JsonStrictValidator(CycloneDx.Spec.Version.v1dot6);
    const errors = await validator.validate(readFileSync(file, 'utf8'));
    if (errors !== null) throw new Error(JSON.stringify(errors));
  },
};

try {
  await checks[kind]();
  console.log('accepted');
} catch (problem) {
  console.log(`refused: ${problem.code ?? ''} ${problem.message}`);
  process.exitCode = 1;
}
