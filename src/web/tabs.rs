//! What a client hears from outside: of other tabs, of how its page is seen (`page.js` does it), and of time.

use super::clock::Timer;
use super::runner::Runner;
use crate::error::Fault;
use crate::session::{Event, News};
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

#[wasm_bindgen(module = "/src/web/page.js")]
extern "C" {
    /// What a page hears with.
    pub(super) type Tabs;
    fn watch(name: Option<&str>, heard: &Hears) -> Tabs;
    #[wasm_bindgen(method)]
    pub(super) fn tell(this: &Tabs, news: u32);
    /// A function that releases the lock, or nothing if it could not be had.
    #[wasm_bindgen(method)]
    pub(super) async fn lock(this: &Tabs, what: &str, patience: f64) -> JsValue;
    #[wasm_bindgen(method)]
    pub(super) fn end(this: &Tabs);
}

/// Numbers of what is heard beside news; see `page.js`.
const SHOWN: u32 = 3;
const HIDDEN: u32 = 4;
const RETURNED: u32 = 5;
/// The timers' numbers, beside those of what a page hears.
const RING: u32 = 6;
pub(super) const DOUBT: u32 = 7;

/// What `page.js` calls.
pub(super) type Hears = Closure<dyn FnMut(u32)>;

impl Runner {
    pub(super) fn set_timer(self: &Rc<Self>, pause: f64) {
        let weak = Rc::downgrade(self);
        let timer = if pause.is_finite() { Timer::new(pause, Box::new(move || later(&weak, RING))) } else { None };
        *self.timer.borrow_mut() = timer;
    }

    pub(super) fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let hears = Closure::new(move |what| later(&weak, what));
        let name = self.shared_name();
        *self.tabs.borrow_mut() = Some(Rc::new(watch(name.as_deref(), &hears)));
        *self.hears.borrow_mut() = Some(hears);
    }

    fn hear(self: &Rc<Self>, what: u32) {
        match what {
            RING => self.dispatch(Event::Due),
            DOUBT => self.doubt_login(),
            SHOWN => self.dispatch(Event::Woke),
            HIDDEN => self.dispatch(Event::Hidden),
            RETURNED => {
                self.end_login(Fault::Aborted);
                // Nobody knows what happened meanwhile.
                self.dispatch(Event::Heard(News::UserChanged));
                self.dispatch(Event::Woke);
            }
            message => {
                if let Some(news) = News::read(message) {
                    self.dispatch(Event::Heard(news));
                }
            }
        }
    }
}

pub(super) fn later(weak: &Weak<Runner>, what: u32) {
    if let Some(runner) = weak.upgrade() {
        // What called is running: it must not be dropped before it has ended.
        spawn_local(async move { runner.hear(what) });
    }
}
