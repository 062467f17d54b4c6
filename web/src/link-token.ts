/**
 * Takes the secret of a one-time sign-in link (`/sign-in#token=…`) out of the address, and erases it from the address
 * bar and the history at once. A fragment is never sent to a server; from here the secret goes by POST, once.
 */
export function takeLinkToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
