// A verifier made of npm's @sigstore/verify alone: node sigstore_judge.js LIBRARY KIND FOLDER.
//
// Exit 0: it holds; 1: it does not, and why; 2: this program could not do its work. It has no code of Comity's.
'use strict';
const fs = require('fs');
const path = require('path');

const [library, kind, folder] = process.argv.slice(2);
const { verifyCheckpoint } = require(path.join(library, 'dist/tlog/checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(library, 'dist/tlog/merkle.js'));
const { VerificationError } = require(path.join(library, 'dist/error.js'));
const core = require(require.resolve('@sigstore/core', { paths: [library] }));

const read = (name) => fs.readFileSync(path.join(folder, name));

// The log as the library wants to be told of it: a key, the id that lines name it by, and its name.
function log() {
  const [name, id] = read('log.vkey').toString().trim().split('+');
  const publicKey = core.crypto.createPublicKey(read('log.pem').toString());
  return { logID: Buffer.from(id, 'hex'), baseURL: name, publicKey };
}

function checkpoint() {
  const envelope = read('checkpoint').toString();
  verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, [log()]);
}

function inclusion() {
  const proof = read('statement.tlog-proof').toString();
  const end = proof.indexOf('\n\n');
  const [first, place, ...hashes] = proof.slice(0, end).split('\n');
  const index = /^index (0|[1-9][0-9]*)$/.exec(place || '');
  if (end < 0 || first !== 'c2sp.org/tlog-proof@v1' || !index) {
    throw new VerificationError({ code: 'TLOG_INCLUSION_PROOF_ERROR', message: 'not a tlog-proof' });
  }
  const inclusionProof = {
    logIndex: index[1],
    hashes: hashes.map((each) => Buffer.from(each, 'base64')),
    checkpoint: { envelope: proof.slice(end + 2) },
  };
  const entry = { inclusionProof, canonicalizedBody: read('statement.cose') };
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log()]));
}

const kinds = { checkpoint, inclusion };
if (!kinds[kind]) {
  console.error('sigstore_judge.js LIBRARY checkpoint|inclusion FOLDER');
  process.exit(2);
}
try {
  kinds[kind]();
} catch (error) {
  // A SyntaxError is what BigInt makes of a size that is no number.
  if (!(error instanceof VerificationError || error instanceof SyntaxError)) {
    console.error(error);
    process.exit(2);
  }
  console.log(`refused: ${error.message}`);
  process.exit(1);
}
console.log('it holds');
