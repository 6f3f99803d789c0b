#!/usr/bin/env bash
# jsonwebtoken (Rust) with a list of allowed algorithms that has RS256 and ES256, for a provider that changes from one to the other.
#
# One would guess: a token of either algorithm is accepted with its key; that is what a list is for (RFC 8725 §3.1 speaks of the
# set of algorithms that the caller allows).
# What happens: no token is accepted, of neither algorithm, with the error "InvalidAlgorithm", which is also that of a token whose
# algorithm isn't allowed. All algorithms of the list must be of the family of the key at hand: RS256 and PS512 go together,
# RS256 and ES256 don't. The service must choose the list by the key.
#
# In the scenarios of this project those with several algorithms are then skipped: several_algorithms = false.
# Ends with 0 when it is still so, with 1 when the behaviour has changed. Needs Rust 1.88 or newer, and compiles for some minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" CARGO_TARGET_DIR="$folder/target"
mkdir src
cat >Cargo.toml <<'MANIFEST'
[package]
name = "probe"
version = "0.0.0"
edition = "2024"

[dependencies]
jsonwebtoken = { version = "=12.0.0", features = ["rust_crypto"] }
serde_json = "1"

[profile.dev]
debug = false
MANIFEST
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem 2>/dev/null
for kind in rsa ec; do openssl pkey -in $kind.pem -pubout -out $kind.pub.pem; done
cat >src/main.rs <<'RUST'
use std::{fs, time::SystemTime};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value, json};

fn main() {
    let read = |name: &str| fs::read(name).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "sub": "somebody", "exp": now + 300 });
    let tokens = [
        (Algorithm::RS256, EncodingKey::from_rsa_pem(&read("rsa.pem")), DecodingKey::from_rsa_pem(&read("rsa.pub.pem"))),
        (Algorithm::ES256, EncodingKey::from_ec_pem(&read("ec.pem")), DecodingKey::from_ec_pem(&read("ec.pub.pem"))),
    ];
    let lists: [&[Algorithm]; 4] = [
        &[Algorithm::RS256],
        &[Algorithm::ES256],
        &[Algorithm::RS256, Algorithm::PS512],
        &[Algorithm::RS256, Algorithm::ES256],
    ];
    for list in lists {
        let mut validation = Validation::new(list[0]);
        validation.algorithms = list.to_vec();
        for (algorithm, private, public) in &tokens {
            let token = encode(&Header::new(*algorithm), &claims, private.as_ref().unwrap()).unwrap();
            let outcome = match decode::<Value>(&token, public.as_ref().unwrap(), &validation) {
                Ok(_) => "accepted".to_owned(),
                Err(error) => format!("refused, {error}"),
            };
            println!("allowed {list:?}, token {algorithm:?}: {outcome}");
        }
    }
}
RUST
cargo build -q
grep -A1 'name = "jsonwebtoken"' Cargo.lock | grep version
target/debug/probe | tee seen
accepted=$(sed -n 's/^allowed \[\(.*\)\], token \(.*\): accepted$/\1 \2/p' seen | paste -sd';' -)
[[ $accepted == "RS256 RS256;ES256 ES256;RS256, PS512 RS256" ]] ||
  { echo "the behaviour has changed"; exit 1; }
