//! Time: a monotonic clock to measure with, a wall clock to compare with, and timers.

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::*;

/// A member of the global object, looked up when it is used, so that a test can replace it.
pub(super) fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A global function, if the host has it.
pub(super) fn global_function(name: &str) -> Option<Function> {
    global(name).dyn_into().ok()
}

/// The clocks of the host, or the caller's.
pub(super) struct Clock {
    /// `options.now`: replaces both clocks.
    pub(super) now: Option<Function>,
}

impl Clock {
    /// Milliseconds that only ever grow: the device's clock may be set, this one cannot.
    pub(super) fn monotonic(&self) -> f64 {
        self.given().unwrap_or_else(|| {
            let performance = global("performance");
            let now = Reflect::get(&performance, &JsValue::from_str("now"))
                .ok()
                .and_then(|now| now.dyn_into::<Function>().ok());
            now.and_then(|now| now.call0(&performance).ok()?.as_f64()).unwrap_or_else(js_sys::Date::now)
        })
    }

    /// Milliseconds since the epoch, as the device has them.
    pub(super) fn wall(&self) -> f64 {
        self.given().unwrap_or_else(js_sys::Date::now)
    }

    fn given(&self) -> Option<f64> {
        self.now.as_ref().and_then(|now| now.call0(&JsValue::UNDEFINED).ok()?.as_f64())
    }
}

/// A timer that is cleared when it is dropped.
pub(super) struct Timer {
    id: JsValue,
    _ring: Closure<dyn FnMut()>,
}

impl Timer {
    /// Calls `ring` once after `pause` milliseconds. `None` where the host has no timers.
    pub(super) fn new(pause: f64, ring: Box<dyn FnOnce()>) -> Option<Self> {
        let ring: Closure<dyn FnMut()> = Closure::once(ring);
        let set = global_function("setTimeout")?;
        let id = set.call2(&JsValue::UNDEFINED, ring.as_ref(), &JsValue::from_f64(pause)).ok()?;
        // Node's timers would keep a program alive that has nothing else to do.
        if let Ok(unref) = Reflect::get(&id, &JsValue::from_str("unref")) {
            if let Some(unref) = unref.dyn_ref::<Function>() {
                let _ = unref.call0(&id);
            }
        }
        Some(Self { id, _ring: ring })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(clear) = global_function("clearTimeout") {
            let _ = clear.call1(&JsValue::UNDEFINED, &self.id);
        }
    }
}
