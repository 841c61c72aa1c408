//! Carries out what the session machine says and tells it what came of it. Decides nothing.

use super::clock::{Clock, Timer};
use super::fetch::Transport;
use super::login::Login;
use super::settings::Settings;
use super::tabs::{Hears, Tabs};
use super::values::get_member;
use crate::error::{Error, Fault};
use crate::session::{Audience, Effect, Event, LockTrust, Moment, Purpose, Session, Status, Waiter, OWN};
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen]
extern "C" {
    /// The package's own `JwtVerifier`.
    pub(super) type Verifier;
    #[wasm_bindgen(method, catch)]
    pub(super) async fn verify(this: &Verifier, token: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = verifyIssued)]
    pub(super) async fn verify_issued(this: &Verifier, token: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) async fn jwks(this: &Verifier) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn dispose(this: &Verifier);
}

/// What the caller gave, beside the validated options. Let go of at the end: it may hold the client itself, and such a
/// circle through the wasm is never collected.
#[derive(Clone, Default)]
pub(super) struct Callers {
    /// `options.fetch`.
    pub(super) fetch: Option<Function>,
    /// `options.navigate`.
    pub(super) navigate: Option<Function>,
    /// `options.logger`.
    pub(super) logger: Option<Function>,
    /// Makes the verifier for the address of the key set and an audience; without one, that of the options.
    pub(super) make_verifier: Option<Function>,
}

/// A token, and its claims once it verified.
pub(super) struct Token {
    pub(super) token: JsValue,
    pub(super) claims: JsValue,
}

/// What belongs to one audience, by its number.
pub(super) struct Place {
    pub(super) audience: String,
    pub(super) verifier: Option<Rc<Verifier>>,
    /// The mint that began last.
    pub(super) mint: u32,
    /// What it brought; nobody sees it.
    pub(super) minted: Option<Token>,
    /// The one in use.
    pub(super) kept: Option<Token>,
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
    pub(super) options: Settings,
    pub(super) callers: RefCell<Callers>,
    pub(super) clock: Clock,
    pub(super) transport: Transport,
    pub(super) session: RefCell<Session>,
    pub(super) places: RefCell<Vec<Place>>,
    waiting: RefCell<Vec<Waiting>>,
    waiters: Cell<Waiter>,
    pub(super) state: RefCell<JsValue>,
    pub(super) listeners: RefCell<Vec<(u32, Function)>>,
    pub(super) subscriptions: Cell<u32>,
    pub(super) timer: RefCell<Option<Timer>>,
    /// The refusal of a token, as the verifier gave it: the machine knows its code only.
    pub(super) refusal: RefCell<JsValue>,
    pub(super) login: RefCell<Option<Login>>,
    pub(super) tabs: RefCell<Option<Rc<Tabs>>>,
    pub(super) trust: Cell<LockTrust>,
    pub(super) hears: RefCell<Option<Hears>>,
}

impl Runner {
    pub(super) fn new(
        options: Settings,
        callers: Callers,
        clock: Clock,
        transport: Transport,
        session: Session,
    ) -> Rc<Self> {
        let audience = options.audience.clone();
        let runner = Rc::new(Self {
            options,
            callers: RefCell::new(callers),
            clock,
            transport,
            session: RefCell::new(session),
            places: RefCell::new(Vec::new()),
            waiting: RefCell::new(Vec::new()),
            waiters: Cell::new(0),
            state: RefCell::new(JsValue::UNDEFINED),
            listeners: RefCell::new(Vec::new()),
            subscriptions: Cell::new(0),
            timer: RefCell::new(None),
            refusal: RefCell::new(JsValue::UNDEFINED),
            login: RefCell::new(None),
            tabs: RefCell::new(None),
            trust: Cell::new(LockTrust::default()),
            hears: RefCell::new(None),
        });
        runner.number_of(&audience);
        runner.renew_state(&Status::Unknown(None));
        runner.listen();
        runner
    }

    /// The number of an audience.
    pub(super) fn number_of(&self, audience: &str) -> Audience {
        let mut places = self.places.borrow_mut();
        let known = places.iter().position(|place| place.audience == audience);
        known.unwrap_or_else(|| {
            places.push(Place { audience: audience.to_owned(), verifier: None, mint: 0, minted: None, kept: None });
            places.len() - 1
        })
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

    pub(super) fn now(&self) -> Moment {
        Moment { monotonic: self.clock.monotonic(), wall: self.clock.wall() }
    }

    /// Tells the machine what happened and carries out what it says.
    pub(super) fn dispatch(self: &Rc<Self>, event: Event) {
        let now = self.now();
        let effects = self.session.borrow_mut().handle(event, now, js_sys::Math::random());
        // Listeners are told when everything is done: they may ask again.
        let mut news = Vec::new();
        for effect in effects {
            self.carry_out(effect, &mut news);
        }
        for (state, event) in news {
            self.emit(&state, &event);
        }
    }

    fn carry_out(self: &Rc<Self>, effect: Effect, news: &mut Vec<(JsValue, JsValue)>) {
        let mut tell = |kind, member, value| news.push((self.state(), self.event(kind, member, value)));
        match effect {
            Effect::Mint(mint, audience) => self.begin(mint, audience, false),
            Effect::Verify(mint, audience) => self.begin(mint, audience, true),
            Effect::Keep(mint, audience) => {
                self.at(audience, |place| place.kept = place.minted.take().filter(|_| place.mint == mint));
            }
            Effect::Forget(audience) => self.at(audience, |place| place.kept = None),
            Effect::Answer(waiter, answer) => self.answer(waiter, answer),
            Effect::Publish(status) => {
                self.renew_state(&status);
                tell("state", "", JsValue::UNDEFINED);
            }
            Effect::Renewed => {
                self.renew_claims();
                tell("token", "", JsValue::UNDEFINED);
            }
            Effect::SignedIn(cause) => tell("signed_in", "cause", JsValue::from_str(cause.text())),
            Effect::SignedOut => tell("signed_out", "", JsValue::UNDEFINED),
            Effect::UserChanged => tell("user_changed", "", JsValue::UNDEFINED),
            Effect::Skewed(seconds) => tell("clock_skew", "skew", JsValue::from_f64(seconds)),
            Effect::Report(error) => tell("error", "error", self.to_js(&error)),
            Effect::Tell(news) => {
                if let Some(tabs) = self.tabs.borrow().as_ref() {
                    tabs.tell(news as u32);
                }
            }
            Effect::Limit(wait) => self.store_limit(wait),
            Effect::Wake(pause) => self.set_timer(pause),
        }
    }

    /// Asks for a token and verifies it, or only verifies it once more.
    fn begin(self: &Rc<Self>, mint: u32, audience: Audience, is_again: bool) {
        self.at(audience, |place| place.mint = mint);
        let runner = self.clone();
        spawn_local(async move {
            let event = match runner.mint(mint, audience, is_again).await {
                Ok(facts) => Event::Minted(mint, facts),
                Err(error) => Event::MintFailed(mint, error),
            };
            runner.dispatch(event);
        });
    }

    pub(super) fn at<T: Default>(&self, audience: Audience, change: impl FnOnce(&mut Place) -> T) -> T {
        self.places.borrow_mut().get_mut(audience).map(change).unwrap_or_default()
    }

    fn answer(&self, waiter: Waiter, answer: Result<(), Error>) {
        let mut waiting = self.waiting.borrow_mut();
        let Some(at) = waiting.iter().position(|waiting| waiting.waiter == waiter) else { return };
        let Waiting { purpose, resolve, reject, .. } = waiting.swap_remove(at);
        drop(waiting);
        let (settle, value) = match (answer, purpose) {
            (Ok(()), Purpose::Start) => (resolve, self.state()),
            (Ok(()), Purpose::Token { audience, .. }) => (resolve, self.kept(audience, |kept| &kept.token)),
            (Ok(()), Purpose::Callback) => (resolve, self.claims()),
            (Err(error), _) => (reject, self.to_js(&error)),
        };
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
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

    fn kept(&self, audience: Audience, what: fn(&Token) -> &JsValue) -> JsValue {
        let places = self.places.borrow();
        let kept = places.get(audience).and_then(|place| place.kept.as_ref());
        kept.map_or(JsValue::UNDEFINED, |kept| what(kept).clone())
    }

    pub(super) fn claims(&self) -> JsValue {
        self.kept(OWN, |kept| &kept.claims)
    }

    /// Now, in milliseconds since the epoch: the server's, once it is known.
    pub(super) fn server_time(&self) -> f64 {
        let now = self.now();
        self.session.borrow().server_time(now).unwrap_or(now.wall)
    }

    pub(super) fn dispose(self: &Rc<Self>) {
        self.dispatch(Event::Disposed);
        self.end_login(Fault::Disposed);
        self.transport.stop();
        if let Some(tabs) = self.tabs.borrow_mut().take() {
            tabs.end();
        }
        self.listeners.borrow_mut().clear();
        self.callers.take();
        for place in self.places.borrow_mut().iter_mut() {
            place.minted = None;
            if let Some(verifier) = place.verifier.take() {
                verifier.dispose();
            }
        }
    }
}
