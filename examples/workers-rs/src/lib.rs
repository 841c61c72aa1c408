use worker::*; #[event(fetch)] async fn fetch(_r: Request, _e: Env, _c: Context) -> Result<Response> { let _ = bixarena_auth_client::engine::Verifier::new; Response::ok("x") }
