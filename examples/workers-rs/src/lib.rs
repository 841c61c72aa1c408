//! A Cloudflare Worker in Rust that guards an API: `GET /api/me` answers what a verified token says of its user.
//!
//! In JavaScript the package is the better choice: there WebCrypto checks the signatures, some fifteen times as fast. This is for
//! Workers that are written in Rust, and checks them in Rust.

mod keys;

use bixarena_auth_client::engine::{Policy, Verified};
use keys::Unverified;
use serde_json::json;
use worker::{event, Context, Env, Method, Request, Response, ResponseBuilder, Result};

#[event(fetch)]
async fn fetch(request: Request, env: Env, ctx: Context) -> Result<Response> {
    if request.path() != "/api/me" {
        return problem(404, "there is no such route", None);
    }
    if request.method() != Method::Get {
        return problem(405, "use GET", None);
    }
    match authenticate(&request, &env, &ctx).await {
        Ok(Verified { claims, .. }) => ResponseBuilder::new()
            .with_header("cache-control", "no-store")?
            .from_json(&json!({ "sub": claims.get("sub"), "roles": claims.get("roles") })),
        Err(refused) => refused.answer(),
    }
}

/// Why a request is refused (RFC 6750 §3.1).
enum Refused {
    NoToken,
    Malformed,
    Unverified(Unverified),
}

impl Refused {
    fn answer(&self) -> Result<Response> {
        match self {
            Self::NoToken => problem(401, "a bearer token is needed", Some("Bearer")),
            Self::Malformed => {
                problem(400, "the Authorization header is malformed", Some(r#"Bearer error="invalid_request""#))
            }
            Self::Unverified(Unverified::Token(error)) => {
                problem(401, error.code(), Some(r#"Bearer error="invalid_token""#))
            }
            Self::Unverified(Unverified::NoKeys { seconds }) => problem(503, "the key set cannot be fetched", None)
                .and_then(|answer| {
                    answer.headers().set("retry-after", &seconds.to_string())?;
                    Ok(answer)
                }),
        }
    }
}

async fn authenticate(request: &Request, env: &Env, ctx: &Context) -> std::result::Result<Verified, Refused> {
    let header = request.headers().get("authorization").ok().flatten().ok_or(Refused::NoToken)?;
    let (scheme, token) = header.split_once(' ').unwrap_or((&header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::NoToken);
    }
    let token = token.trim_start_matches(' ');
    if token.is_empty() || token.contains([' ', ',', '\t']) {
        return Err(Refused::Malformed);
    }
    keys::verify(token, &settings(env), ctx).await.map_err(Refused::Unverified)
}

/// What the Worker is deployed with.
struct Settings {
    jwks_url: String,
    policy: Policy,
}

fn settings(env: &Env) -> Settings {
    let var = |name: &str, default: &str| env.var(name).map_or_else(|_| default.to_owned(), |var| var.to_string());
    Settings {
        jwks_url: var("JWKS_URL", "https://auth.bixarena.example/.well-known/jwks.json"),
        policy: Policy {
            issuers: Some(vec![var("ISSUER", "urn:bixarena:auth")]),
            audiences: Some(vec![var("AUDIENCE", "urn:bixarena:auth")]),
            required: vec!["sub".into()],
            ..Policy::default()
        },
    }
}

/// Problem details (RFC 9457).
fn problem(status: u16, detail: &str, challenge: Option<&str>) -> Result<Response> {
    let answer =
        ResponseBuilder::new().with_status(status).from_json(&json!({ "status": status, "detail": detail }))?;
    answer.headers().set("content-type", "application/problem+json")?;
    answer.headers().set("cache-control", "no-store")?;
    if let Some(challenge) = challenge {
        answer.headers().set("www-authenticate", challenge)?;
    }
    Ok(answer)
}
