//! Leaving the page for the sign-in, and what happens if it does not leave.

use super::clock::{global, Timer};
use super::runner::Runner;
use super::tabs::{later, DOUBT};
use super::values::get_member;
use crate::error::{Error, Fault};
use js_sys::{Function, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// How long a navigation may take before it counts as not begun, in milliseconds.
const PATIENCE: f64 = 10e3;

/// A sign-in that this page has begun.
pub(super) struct Login {
    promise: Promise,
    reject: Function,
    _timer: Option<Timer>,
}

impl Runner {
    /// The sign-in under way.
    pub(super) fn login_under_way(&self) -> Option<Promise> {
        self.login.borrow().as_ref().map(|login| login.promise.clone())
    }

    /// The page is being left. The promise is never fulfilled.
    pub(super) fn leave(self: &Rc<Self>) -> Promise {
        let mut reject = None;
        let promise = Promise::new(&mut |_, function| reject = Some(function));
        if let Some(reject) = reject {
            self.watch_login(promise.clone(), reject);
        }
        promise
    }

    fn watch_login(self: &Rc<Self>, promise: Promise, reject: Function) {
        let weak = Rc::downgrade(self);
        let timer = Timer::new(PATIENCE, Box::new(move || later(&weak, DOUBT)));
        *self.login.borrow_mut() = Some(Login { promise, reject, _timer: timer });
    }

    /// The page is still here. Where nobody looks at it, that says nothing: such a page may be slow to leave.
    pub(super) fn doubt_login(self: &Rc<Self>) {
        let is_hidden = get_member(&global("document"), "visibilityState") == "hidden";
        if !is_hidden {
            return self.end_login(Fault::LoginNotStarted);
        }
        let login = self.login.borrow_mut().take();
        if let Some(login) = login {
            self.watch_login(login.promise, login.reject);
        }
    }

    /// Nothing comes of the sign-in.
    pub(super) fn end_login(&self, fault: Fault) {
        let login = self.login.borrow_mut().take();
        if let Some(login) = login {
            let _ = login.reject.call1(&JsValue::UNDEFINED, &Error::new(fault).into());
        }
    }
}
