import type { ReactNode } from 'react';
import { createBrowserRouter } from 'react-router-dom';
import { Account } from './pages/account.tsx';
import { DeploymentLog, deploymentLogPath } from './pages/deployment/deployment-log.tsx';
import { InvitationPage } from './pages/invitation.tsx';
import { NotFound } from './pages/not-found.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { DeploymentWebhooks, deploymentWebhooksPath } from './pages/webhooks/deployment-webhooks.tsx';
import { WorkspacePage } from './pages/workspace/workspace.tsx';
import { Workspaces } from './pages/workspaces.tsx';
import { Frame, SignedIn } from './shell.tsx';

/** Every page of the dashboard. `linkToken` is the secret that the address carried when the page was opened. */
export function createRouter(linkToken: string | null) {
  return createBrowserRouter([
    { path: '/sign-in', element: framed(<SignIn linkToken={linkToken} />) },
    { path: '/invitation', element: framed(<InvitationPage linkToken={linkToken} />) },
    {
      element: <SignedIn />,
      children: [
        { path: '/', element: <Workspaces /> },
        // Where the pages of connecting lead back to.
        { path: '/workspaces', element: <Workspaces /> },
        { path: '/workspaces/:workspaceId/:tab?', element: <WorkspacePage /> },
        { path: deploymentLogPath, element: <DeploymentLog /> },
        { path: deploymentWebhooksPath, element: <DeploymentWebhooks /> },
        { path: '/account', element: <Account /> },
      ],
    },
    { path: '*', element: framed(<NotFound />) },
  ]);
}

function framed(page: ReactNode) {
  return <Frame>{page}</Frame>;
}
