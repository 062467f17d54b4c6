import '@mantine/core/styles.css';
import './styles.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router-dom';
import { ApiError } from './api.ts';
import { keepFocus } from './keep-focus.ts';
import { takeLinkToken } from './link-token.ts';
import { Announcer } from './parts/announcer.tsx';
import { createRouter } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

// The nonce of this answer's content security policy. A browser shows it to scripts as a property only.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
// The library that stops a page from scrolling behind a dialog looks for its nonce under this name (package get-nonce).
Object.assign(window, { __webpack_nonce__: nonce });

const router = createRouter(takeLinkToken());

/** Pages for people who are not signed in. */
const anonymousPages: ReadonlySet<string> = new Set(['/sign-in', '/invitation']);

/** Once the session has ended, every further answer is 401: one place sends the reader to sign in. */
function onError(error: Error): void {
  const { pathname, search } = router.state.location;
  if (!(error instanceof ApiError) || error.status !== 401 || anonymousPages.has(pathname)) return;
  void router
    .navigate(`/sign-in?next=${encodeURIComponent(pathname + search)}`, { replace: true })
    .then(() => queries.clear());
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  // Only a server that cannot be reached is worth asking again: a refusal stays a refusal.
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
    },
  },
});

keepFocus(document);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <Announcer>
          <RouterProvider router={router} />
        </Announcer>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
