//! The key set of the isolate. When to fetch it anew is decided by the crate; here it is fetched and kept.

use crate::Settings;
use bixarena_auth_client::engine::{Verified, Verifier};
use bixarena_auth_client::jwks::cache::{Cache, Decision, Need};
use bixarena_auth_client::Error;
use std::cell::RefCell;
use worker::{Context, Date, Fetch, Request, RequestInit, RequestRedirect};

/// As the package's verifier: nobody's key set is larger.
const MAX_BYTES: usize = 512 * 1024;

/// Why there are no claims.
pub(crate) enum Unverified {
    /// The token is at fault.
    Token(Error),
    /// The key set cannot be had; ask again after so many seconds.
    NoKeys { seconds: u32 },
}

#[derive(Default)]
struct Keys {
    cache: Cache,
    verifier: Option<Verifier>,
}

thread_local! {
    // Never borrowed across an await: requests of one isolate take turns there.
    static KEYS: RefCell<Keys> = RefCell::default();
}

/// Verifies a token, with keys that are fetched if need be.
pub(crate) async fn verify(token: &str, settings: &Settings, ctx: &Context) -> Result<Verified, Unverified> {
    obtain(Need::Any, settings, Some(ctx)).await?;
    match verify_now(token)? {
        Err(error) if error.code() == "key_not_found" => {
            // The service has new keys after a restart. At most one look a cooldown, however many such tokens come.
            if !obtain(Need::UnknownKey, settings, None).await? {
                return Err(Unverified::Token(error));
            }
            verify_now(token)?.map_err(Unverified::Token)
        }
        outcome => outcome.map_err(Unverified::Token),
    }
}

fn verify_now(token: &str) -> Result<Result<Verified, Error>, Unverified> {
    KEYS.with_borrow_mut(|keys| {
        let verifier = keys.verifier.as_mut().ok_or(Unverified::NoKeys { seconds: 5 })?;
        Ok(verifier.verify(token, now() / 1000.0))
    })
}

/// Sees to it that there is a set to look into; whether one was fetched.
async fn obtain(need: Need, settings: &Settings, ctx: Option<&Context>) -> Result<bool, Unverified> {
    match KEYS.with_borrow(|keys| keys.cache.decide(now(), need)) {
        Decision::Use => Ok(false),
        Decision::UseAndRefresh => {
            if let Some(ctx) = ctx {
                let fetching = fetch(need, settings);
                ctx.wait_until(async { fetching.await.unwrap_or_default() });
            }
            Ok(false)
        }
        Decision::Fetch => match fetch(need, settings).await {
            Ok(()) => Ok(true),
            // A set that is known is better than none, within its limit (RFC 5861 §4).
            Err(_) if KEYS.with_borrow(|keys| now() < keys.cache.usable_until()) => Ok(false),
            Err(()) => Err(Unverified::NoKeys { seconds: 5 }),
        },
        // That the key is unknown has been found out a moment ago.
        Decision::Refuse(_) if need == Need::UnknownKey => Ok(false),
        Decision::Refuse(wait) => Err(Unverified::NoKeys { seconds: (wait / 1000.0).ceil() as u32 }),
    }
}

/// Fetches the key set and puts it into use, unless a newer one was sooner.
fn fetch(need: Need, settings: &Settings) -> impl std::future::Future<Output = Result<(), ()>> + 'static {
    let (ticket, asked) = (KEYS.with_borrow_mut(|keys| keys.cache.begin(need)), now());
    let (url, policy) = (settings.jwks_url.clone(), settings.policy.clone());
    async move {
        let verifier = request(&url).await.and_then(|jwks| Verifier::new(policy, &jwks).ok());
        KEYS.with_borrow_mut(|keys| match verifier {
            Some(verifier) => {
                if keys.cache.succeed(ticket, asked, now()) {
                    keys.verifier = Some(verifier);
                }
                Ok(())
            }
            None => {
                keys.cache.fail(ticket, now(), 0.0);
                Err(())
            }
        })
    }
}

async fn request(url: &str) -> Option<String> {
    let mut init = RequestInit::new();
    // Another origin does not choose the keys.
    init.with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).ok()?;
    let mut answer = Fetch::Request(request).send().await.ok()?;
    if answer.status_code() != 200 {
        return None;
    }
    let jwks = answer.text().await.ok()?;
    (jwks.len() <= MAX_BYTES).then_some(jwks)
}

/// Milliseconds since the epoch.
fn now() -> f64 {
    Date::now().as_millis() as f64
}
