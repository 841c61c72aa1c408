import { AuthProvider, RequireRole, useAuth } from 'bixarena-auth-client/react';
import { useCallback, useState } from 'react';
import { Link, Route, Routes, useNavigate } from 'react-router';

/** The service is on the page's own origin, and has the newer routes. */
const options = { routes: 'oauth2', profile: 'eager' };

export function App() {
  const navigate = useNavigate();
  const onReturn = useCallback((path) => navigate(path, { replace: true }), [navigate]);
  return (
    <AuthProvider options={options} onReturn={onReturn}>
      <Header />
      <main>
        <Routes>
          <Route path="/" element={<h1>Find the best model</h1>} />
          <Route path="/battle" element={<Guarded />} />
          <Route path="/admin" element={<Admin />} />
          <Route path="/callback" element={<Callback />} />
        </Routes>
      </main>
    </AuthProvider>
  );
}

function Header() {
  const { state, user, profile, error, hasRole, login, logout } = useAuth();
  return (
    <nav>
      <Link to="/">Arena</Link> <Link to="/battle">Battle</Link>{' '}
      {hasRole('admin') && <Link to="/admin">Administration</Link>}{' '}
      {user ? (
        <>
          <span data-testid="name">{profile?.name ?? user.sub}</span>{' '}
          <button data-testid="logout" onClick={() => logout()}>
            Sign out
          </button>
        </>
      ) : state.status === 'unknown' && !error ? null : (
        <button data-testid="login" onClick={() => login()}>
          Sign in
        </button>
      )}
      {error && (
        <p data-testid="error" role="alert">
          {error.code}: {error.message}
        </p>
      )}
    </nav>
  );
}

function Guarded() {
  return (
    <RequireRole autoLogin fallback={<p data-testid="pending">One moment…</p>}>
      <Battle />
    </RequireRole>
  );
}

function Battle() {
  const { user, client } = useAuth();
  const [seconds, setSeconds] = useState();
  const renew = async () => {
    await client.getToken({ forceRefresh: true });
    setSeconds(client.state.claims.exp - client.state.claims.iat);
  };
  return (
    <>
      <h1>Battle</h1>
      <p data-testid="sub">{user.sub}</p>
      <button data-testid="renew" onClick={renew}>
        Renew
      </button>
      {seconds && <p data-testid="seconds">{seconds}</p>}
    </>
  );
}

function Admin() {
  return (
    <RequireRole role="admin" autoLogin fallback={(reason) => <p data-testid="refused">{reason}</p>}>
      <h1 data-testid="admin">Administration</h1>
    </RequireRole>
  );
}

/** The provider has to complete the sign-in; what is wrong with it stands in the header. */
function Callback() {
  const { error } = useAuth();
  return error ? <Link to="/">Back to the arena</Link> : <p>Signing in…</p>;
}
