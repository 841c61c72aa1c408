//! What a client shows of itself: its state, its events, its trail in the caller's log.

use super::runner::Runner;
use super::values::{empty_object, get_member, set_member};
use crate::session::Status;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

impl Runner {
    pub(super) fn renew_state(&self, status: &Status) {
        let state = empty_object();
        let (status, error) = match status {
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
    pub(super) fn renew_claims(&self) {
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

    /// An event of this type; with one member more, if that has a name.
    pub(super) fn event(&self, kind: &str, member: &str, value: JsValue) -> JsValue {
        let event = empty_object();
        set_member(&event, "type", JsValue::from_str(kind));
        if !member.is_empty() {
            set_member(&event, member, value);
        }
        event
    }

    /// Tells the listeners, with the state as it was then.
    pub(super) fn emit(&self, state: &JsValue, event: &JsValue) {
        let error = get_member(event, "error");
        let level = if error.is_undefined() { "debug" } else { "warn" };
        self.log(level, &get_member(event, "type").as_string().unwrap_or_default(), error);
        let listeners: Vec<_> = self.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
        for listener in listeners {
            if let Err(thrown) = listener.call2(&JsValue::UNDEFINED, state, event) {
                self.log("error", "a listener threw", thrown);
            }
        }
    }

    /// Tells the caller's logger, which gets no token, code or state.
    pub(super) fn log(&self, level: &str, message: &str, error: JsValue) {
        let Some(logger) = self.callers.borrow().logger.clone() else { return };
        let entry = empty_object();
        set_member(&entry, "level", JsValue::from_str(level));
        set_member(&entry, "message", JsValue::from_str(message));
        if !error.is_undefined() {
            set_member(&entry, "error", error);
        }
        let _ = logger.call1(&JsValue::UNDEFINED, &entry);
    }
}

/// The roles of verified claims; nothing that is no string.
pub(super) fn roles(claims: &JsValue) -> Vec<String> {
    let value = get_member(claims, "roles");
    let list = value.dyn_ref::<Array>().map(Array::to_vec).unwrap_or_default();
    list.iter().filter_map(JsValue::as_string).collect()
}
