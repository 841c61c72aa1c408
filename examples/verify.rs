//! Verifies the token on standard input:
//!
//! ```sh
//! cargo run --features rust-crypto --example verify -- jwks.json urn:bixarena:auth urn:bixarena:auth < token.txt
//! ```

use bixarena_auth_client::engine::{Policy, Verifier};
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [jwks, issuer, audience] = arguments.as_slice() else {
        return Err("usage: verify <file with a JWK Set> <issuer> <audience> < token".into());
    };
    let policy = Policy {
        issuers: Some(vec![issuer.clone()]),
        audiences: Some(vec![audience.clone()]),
        ..Policy::default() // RS256, typ JWT, clocks within 5 seconds
    };
    let mut verifier = Verifier::new(policy, &std::fs::read_to_string(jwks)?)?;
    let token = std::io::read_to_string(std::io::stdin())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    let verified = verifier.verify(token.trim_end(), now)?;
    println!("{}", serde_json::to_string_pretty(&verified.claims)?);
    Ok(())
}
