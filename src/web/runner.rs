//! Carries out what the session machine says and tells it what came of it. Decides nothing.

use super::clock::{global, Clock, Timer};
use super::error::from_code;
use super::fetch::Transport;
use super::values::{empty_object, get_member, set_member};
use crate::error::{Error, Fault};
use crate::options::ClientOptions;
use crate::service::{self, Answer};
use crate::session::{Effect, Event, Purpose, Session, Status, TokenFacts, Waiter};
use gloo_net::http::Method;
use js_sys::{Array, Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    /// The package's own `JwtVerifier`.
    pub(super) type Verifier;
    #[wasm_bindgen(method, catch)]
    pub(super) async fn verify(this: &Verifier, token: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = verifyIssued)]
    async fn verify_issued(this: &Verifier, token: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) async fn jwks(this: &Verifier) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn dispose(this: &Verifier);
}

/// What the caller gave, beside the validated options.
pub(super) struct Callers {
    /// `options.navigate`.
    pub(super) navigate: Option<Function>,
    /// `options.logger`.
    pub(super) logger: Option<Function>,
    /// Makes the verifier for the address of the key set.
    pub(super) make_verifier: Function,
}

/// A token that verified, and its claims.
struct Verified {
    mint: u32,
    token: JsValue,
    claims: JsValue,
}

/// Somebody's promise.
struct Waiting {
    waiter: Waiter,
    purpose: Purpose,
    resolve: Function,
    reject: Function,
}

/// One client. Everything that JavaScript holds of it is a reference to this.
pub(super) struct Runner {
    pub(super) options: ClientOptions,
    pub(super) callers: Callers,
    pub(super) clock: Clock,
    pub(super) transport: Transport,
    session: RefCell<Session>,
    verifier: RefCell<Option<Rc<Verifier>>>,
    waiting: RefCell<Vec<Waiting>>,
    waiters: Cell<Waiter>,
    verified: RefCell<Option<Verified>>,
    kept: RefCell<Option<Verified>>,
    state: RefCell<JsValue>,
    listeners: RefCell<Vec<(u32, Function)>>,
    subscriptions: Cell<u32>,
    timer: RefCell<Option<Timer>>,
    /// The refusal of a token, as the verifier gave it: the machine knows its code only.
    refusal: RefCell<JsValue>,
    /// Whether the session at hand began with a sign-in in this page.
    pub(super) is_login: Cell<bool>,
    wake: RefCell<Option<Closure<dyn FnMut()>>>,
}

/// What may make a page look at the time: it slept, or had no network.
const WAKE_UPS: [(&str, &str); 3] = [("document", "visibilitychange"), ("window", "pageshow"), ("window", "online")];

impl Runner {
    pub(super) fn new(
        options: ClientOptions,
        callers: Callers,
        clock: Clock,
        transport: Transport,
        session: Session,
    ) -> Rc<Self> {
        let runner = Rc::new(Self {
            options,
            callers,
            clock,
            transport,
            session: RefCell::new(session),
            verifier: RefCell::new(None),
            waiting: RefCell::new(Vec::new()),
            waiters: Cell::new(0),
            verified: RefCell::new(None),
            kept: RefCell::new(None),
            state: RefCell::new(JsValue::UNDEFINED),
            listeners: RefCell::new(Vec::new()),
            subscriptions: Cell::new(0),
            timer: RefCell::new(None),
            refusal: RefCell::new(JsValue::UNDEFINED),
            is_login: Cell::new(false),
            wake: RefCell::new(None),
        });
        runner.renew_state();
        runner.listen(true);
        runner
    }

    /// A promise for what somebody waits for.
    pub(super) fn ask(self: &Rc<Self>, purpose: Purpose) -> Promise {
        let waiter = self.waiters.get().wrapping_add(1);
        self.waiters.set(waiter);
        let promise = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().push(Waiting { waiter, purpose, resolve, reject });
        });
        self.dispatch(Event::Ask(waiter, purpose));
        promise
    }

    /// Tells the machine what happened and carries out what it says.
    pub(super) fn dispatch(self: &Rc<Self>, event: Event) {
        let now = self.clock.monotonic();
        let effects = self.session.borrow_mut().handle(event, now, js_sys::Math::random());
        // Listeners are told when everything is done: they may ask again.
        let mut news = Vec::new();
        for effect in effects {
            self.carry_out(effect, &mut news);
        }
        for (kind, error) in news {
            self.emit(kind, error);
        }
    }

    fn carry_out(self: &Rc<Self>, effect: Effect, news: &mut Vec<(&'static str, Option<Error>)>) {
        match effect {
            Effect::Mint(mint) => {
                let runner = self.clone();
                spawn_local(async move {
                    let event = match runner.mint(mint).await {
                        Ok(facts) => Event::Minted(mint, facts),
                        Err(error) => Event::MintFailed(mint, error),
                    };
                    runner.dispatch(event);
                });
            }
            Effect::Keep(mint) => {
                let verified = self.verified.borrow_mut().take().filter(|verified| verified.mint == mint);
                *self.kept.borrow_mut() = verified;
            }
            Effect::Forget => *self.kept.borrow_mut() = None,
            Effect::Answer(waiter, answer) => self.answer(waiter, answer),
            Effect::Publish => {
                self.renew_state();
                news.push(("state", None));
            }
            Effect::Renewed => {
                self.renew_claims();
                news.push(("token", None));
            }
            Effect::SignedIn => news.push(("signed_in", None)),
            Effect::SignedOut => news.push(("signed_out", None)),
            Effect::UserChanged => news.push(("user_changed", None)),
            Effect::Report(error) => news.push(("error", Some(error))),
            Effect::Wake(pause) => self.set_timer(pause),
        }
    }

    /// Asks for a token and verifies it: nobody sees it before.
    async fn mint(&self, mint: u32) -> Result<TokenFacts, Error> {
        let routes = &self.options.routes;
        let mut url = self.url(&routes.token)?;
        if routes.is_oauth2 {
            url.push_str("?audience=");
            url.push_str(&String::from(js_sys::encode_uri_component(&self.options.audience)));
        }
        let token = service::minted(self.transport.send(Method::POST, &url, &self.clock).await?)?;
        let token = JsValue::from_str(&token);
        let verifier = self.verifier()?;
        let verified = match verifier.verify_issued(&token).await {
            Ok(verified) => verified,
            Err(refusal) => {
                let error = from_code(&refusal);
                *self.refusal.borrow_mut() = refusal;
                return Err(error);
            }
        };
        let claims = get_member(&verified, "claims");
        let facts = read_facts(&claims);
        *self.verified.borrow_mut() = Some(Verified { mint, token, claims });
        Ok(facts)
    }

    /// Sends `code` and `state` of a page callback.
    pub(super) async fn call_back(&self, code: &str, state: &str) -> Result<Answer, Error> {
        let text = |text: &str| String::from(js_sys::encode_uri_component(text));
        let path = [self.options.routes.callback.as_str(), "?code=", &text(code), "&state=", &text(state)].concat();
        service::called_back(self.transport.send(Method::GET, &self.url(&path)?, &self.clock).await?)
    }

    /// Ends the session at the service.
    pub(super) async fn log_out(&self) -> Result<(), Error> {
        let url = self.url(&self.options.routes.logout)?;
        service::logged_out(self.transport.send(Method::POST, &url, &self.clock).await?, self.options.routes.is_oauth2)
    }

    /// An address of the service.
    pub(super) fn url(&self, path: &str) -> Result<String, Error> {
        let base = match &self.options.base_url {
            Some(base) => base.clone(),
            None => {
                let origin = super::navigation::origin().ok_or(Error::new(Fault::NoLocation))?;
                [&origin, self.options.default_path()].concat()
            }
        };
        Ok([base.as_str(), path].concat())
    }

    /// The verifier; made when it is needed first, since only then the address of the key set has to be known.
    pub(super) fn verifier(&self) -> Result<Rc<Verifier>, Error> {
        if let Some(verifier) = self.verifier.borrow().as_ref() {
            return Ok(verifier.clone());
        }
        let url = self.url(&self.options.routes.jwks)?;
        let made = self.callers.make_verifier.call1(&JsValue::UNDEFINED, &JsValue::from_str(&url));
        let verifier = Rc::new(made.map_err(|_| Error::new(Fault::Internal))?.unchecked_into::<Verifier>());
        *self.verifier.borrow_mut() = Some(verifier.clone());
        Ok(verifier)
    }

    fn answer(&self, waiter: Waiter, answer: Result<(), Error>) {
        let mut waiting = self.waiting.borrow_mut();
        let Some(at) = waiting.iter().position(|waiting| waiting.waiter == waiter) else { return };
        let Waiting { purpose, resolve, reject, .. } = waiting.swap_remove(at);
        drop(waiting);
        let _ = match (answer, purpose) {
            (Ok(()), Purpose::Start) => resolve.call1(&JsValue::UNDEFINED, &self.state()),
            (Ok(()), Purpose::Token { .. }) => resolve.call1(&JsValue::UNDEFINED, &self.token()),
            (Ok(()), Purpose::Callback) => resolve.call1(&JsValue::UNDEFINED, &self.claims()),
            (Err(error), _) => reject.call1(&JsValue::UNDEFINED, &self.to_js(&error)),
        };
    }

    /// An error for JavaScript; of a refused token the one that the verifier gave, which says more.
    pub(super) fn to_js(&self, error: &Error) -> JsValue {
        let refusal = self.refusal.borrow();
        if get_member(&refusal, "code").as_string().as_deref() == Some(error.code()) {
            return refusal.clone();
        }
        error.into()
    }

    pub(super) fn state(&self) -> JsValue {
        self.state.borrow().clone()
    }

    fn token(&self) -> JsValue {
        self.kept.borrow().as_ref().map_or(JsValue::UNDEFINED, |kept| kept.token.clone())
    }

    pub(super) fn claims(&self) -> JsValue {
        self.kept.borrow().as_ref().map_or(JsValue::UNDEFINED, |kept| kept.claims.clone())
    }

    /// Now, in milliseconds since the epoch: the server's, once it is known.
    pub(super) fn server_time(&self) -> f64 {
        let learnt = self.session.borrow().server_time(self.clock.monotonic());
        learnt.unwrap_or_else(|| self.clock.wall())
    }

    fn renew_state(&self) {
        let state = empty_object();
        let (status, error) = match self.session.borrow().status() {
            Status::Unknown(error) => ("unknown", error.as_ref().map(|error| self.to_js(error))),
            Status::Anonymous => ("anonymous", None),
            Status::Authenticated => ("authenticated", None),
        };
        set_member(&state, "status", JsValue::from_str(status));
        if let Some(error) = error {
            set_member(&state, "error", error);
        }
        *self.state.borrow_mut() = state;
        self.renew_claims();
    }

    /// A renewed token is no news for a UI: the object stays, what it shows of the claims is up to date.
    fn renew_claims(&self) {
        let claims = self.claims();
        if !claims.is_undefined() {
            set_member(&self.state.borrow(), "claims", claims);
        }
    }

    pub(super) fn subscribe(&self, listener: Function) -> u32 {
        let number = self.subscriptions.get().wrapping_add(1);
        self.subscriptions.set(number);
        self.listeners.borrow_mut().push((number, listener));
        number
    }

    pub(super) fn unsubscribe(&self, number: u32) {
        self.listeners.borrow_mut().retain(|(one, _)| *one != number);
    }

    fn emit(&self, kind: &'static str, error: Option<Error>) {
        let event = empty_object();
        set_member(&event, "type", JsValue::from_str(kind));
        if kind == "signed_in" {
            set_member(&event, "cause", JsValue::from_str(if self.is_login.get() { "login" } else { "restored" }));
        }
        if let Some(error) = &error {
            set_member(&event, "error", self.to_js(error));
        }
        let listeners: Vec<_> = self.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            if let Err(thrown) = listener.call2(&JsValue::UNDEFINED, &self.state(), &event) {
                self.log("error", "a listener threw", thrown);
            }
        }
    }

    /// Tells the caller's logger, which gets no token, code or state.
    pub(super) fn log(&self, level: &str, message: &str, error: JsValue) {
        let Some(logger) = &self.callers.logger else { return };
        let entry = empty_object();
        set_member(&entry, "level", JsValue::from_str(level));
        set_member(&entry, "message", JsValue::from_str(message));
        if !error.is_undefined() {
            set_member(&entry, "error", error);
        }
        let _ = logger.call1(&JsValue::UNDEFINED, &entry);
    }

    fn set_timer(self: &Rc<Self>, pause: f64) {
        let weak = Rc::downgrade(self);
        let timer = if pause.is_finite() { Timer::new(pause, move || look(&weak)) } else { None };
        *self.timer.borrow_mut() = timer;
    }

    fn listen(self: &Rc<Self>, on: bool) {
        let weak = Rc::downgrade(self);
        let wake = self.wake.borrow_mut().take().unwrap_or_else(|| Closure::new(move || look(&weak)));
        for (target, event) in WAKE_UPS {
            let target = global(target);
            if !target.is_object() {
                continue;
            }
            let target: web_sys::EventTarget = target.unchecked_into();
            let listener = wake.as_ref().unchecked_ref();
            let _ = if on {
                target.add_event_listener_with_callback(event, listener)
            } else {
                target.remove_event_listener_with_callback(event, listener)
            };
        }
        if on {
            *self.wake.borrow_mut() = Some(wake);
        }
    }

    pub(super) fn dispose(self: &Rc<Self>) {
        self.dispatch(Event::Disposed);
        self.listen(false);
        self.listeners.borrow_mut().clear();
        if let Some(verifier) = self.verifier.borrow().as_ref() {
            verifier.dispose();
        }
    }
}

fn look(weak: &Weak<Runner>) {
    if let Some(runner) = weak.upgrade() {
        // The timer is running: it must not be dropped before it has ended.
        spawn_local(async move { runner.dispatch(Event::Due) });
    }
}

/// What the machine needs of verified claims: `sub` is required, times were checked.
fn read_facts(claims: &JsValue) -> TokenFacts {
    let number = |name| get_member(claims, name).as_f64().unwrap_or(f64::NAN);
    TokenFacts {
        sub: get_member(claims, "sub").as_string().unwrap_or_default(),
        iat: number("iat"),
        exp: number("exp"),
        roles: roles(claims),
    }
}

/// The roles of verified claims; nothing that is no string.
pub(super) fn roles(claims: &JsValue) -> Vec<String> {
    let value = get_member(claims, "roles");
    let list = value.dyn_ref::<Array>().map(Array::to_vec).unwrap_or_default();
    list.iter().filter_map(JsValue::as_string).collect()
}
