import { createBrowserRouter } from 'react-router-dom';
import { Account } from './pages/account.tsx';
import { NotFound } from './pages/not-found.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { WorkspacePage } from './pages/workspace/workspace.tsx';
import { Workspaces } from './pages/workspaces.tsx';
import { Frame, SignedIn } from './shell.tsx';

/** Every page of the dashboard. `linkToken` is the secret that the address carried when the page was opened. */
export function createRouter(linkToken: string | null) {
  return createBrowserRouter([
    {
      element: <Frame />,
      children: [
        { path: '/sign-in', element: <SignIn linkToken={linkToken} /> },
        {
          element: <SignedIn />,
          children: [
            { path: '/', element: <Workspaces /> },
            { path: '/workspaces/:workspaceId/:tab?', element: <WorkspacePage /> },
            { path: '/account', element: <Account /> },
          ],
        },
        { path: '*', element: <NotFound /> },
      ],
    },
  ]);
}
