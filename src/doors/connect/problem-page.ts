import { attemptMinutes } from '../../domain/attempt-states.ts';
import { html } from './html.ts';
import { type PageOptions, page } from './page.ts';
import type { PageProblem } from './page-problem.ts';
import type { WayOn } from './way-on.ts';

interface ProblemText {
  readonly title: string;
  readonly happened: string;
  /** What to do about it. */
  readonly next: string;
}

/** Fixed texts only: no text of a request is ever shown (defect A15). */
export const problemTexts: Readonly<Record<PageProblem, ProblemText>> = {
  invalid_state: {
    title: 'This attempt is no longer valid',
    happened: `It was used already, was opened in another browser or by another person, or is older than ${attemptMinutes} minutes. Nothing was connected.`,
    next: 'Start again from the list of workspaces, and finish in the same browser.',
  },
  consent_denied: {
    title: 'Access was not allowed',
    happened: 'Cancel was chosen on the page that Notion showed. Nothing was connected.',
    next: 'To connect the workspace, start again and allow access there.',
  },
  refused_by_notion: {
    title: 'Notion ended the attempt',
    happened: 'Notion sent the browser back before it asked for consent. Nothing was connected.',
    next: "Start again. If it happens again, ask the operator of this Portcullis to compare the integration's settings at Notion, above all its redirect URI.",
  },
  missing_code: {
    title: 'The answer from Notion is incomplete',
    happened: 'Notion sent the browser back without the code that proves consent. Nothing was connected.',
    next: 'Start again.',
  },
  code_refused: {
    title: 'Notion did not accept the code',
    happened:
      'The code that proves consent was used before, has expired, or was issued for another redirect URI. Nothing was connected.',
    next: "Start again. If it happens again, ask the operator of this Portcullis to compare the redirect URI in the integration's settings at Notion: it must be the same to the last character.",
  },
  app_refused: {
    title: 'Notion did not accept this Portcullis',
    happened:
      'Notion refused the client id, the client secret or the redirect URI that this Portcullis is set up with. Nothing was connected.',
    next: "Ask its operator to compare them with the integration's settings at Notion: each must be the same to the last character.",
  },
  notion_unreachable: {
    title: 'Notion could not be reached',
    happened: 'Notion did not answer, or was too busy. Nothing was connected.',
    next: 'Wait a few minutes, then start again.',
  },
  server_unusable: {
    title: 'Notion could not be verified',
    happened: 'The server contradicts itself about how to sign in, so you were not sent there. Nothing was connected.',
    next: 'Start again later. If it happens again, ask the operator of this Portcullis to look at its log.',
  },
  registration_refused: {
    title: 'Notion did not accept this Portcullis',
    happened: 'Notion did not register this Portcullis as a client. Nothing was connected.',
    next: 'Start again later. If it happens again, ask the operator of this Portcullis to register it by hand.',
  },
  client_forgotten: {
    title: 'Notion forgot this Portcullis',
    happened: 'The registration of this Portcullis at Notion had come to its end. Nothing was connected.',
    next: 'Start again: it is then registered anew.',
  },
  issuer_mismatch: {
    title: 'The answer came from somewhere else',
    happened: 'It does not bear the name of the server that was asked, so it was not used. Nothing was connected.',
    next: 'Start again, from the list of workspaces. If it happens again, tell the operator of this Portcullis.',
  },
  identity_unknown: {
    title: 'It is not clear which workspace that was',
    happened: 'Notion did not say which workspace and which account access was given to. Nothing was connected.',
    next: 'Start again later. If it happens again, ask the operator of this Portcullis to look at its log.',
  },
  scope_missing: {
    title: 'Notion wants more to be agreed to',
    happened: 'What this Portcullis asked you to allow is less than Notion wants to see. Nothing was connected.',
    next: 'Start again: all of it is then asked for at once.',
  },
  answer_unusable: {
    title: 'Notion sent an unexpected answer',
    happened: 'The answer is none of those that Notion documents, so it was not used. Nothing was connected.',
    next: 'Start again later. If it happens again, ask the operator of this Portcullis to look at its log.',
  },
  already_known: {
    title: 'This workspace is connected already',
    happened:
      'This Notion workspace is connected already, and you are no admin of it here. Nothing was changed in Portcullis, and its admins can see this attempt.',
    next: 'Ask an admin of the workspace to make you a member, or to reconnect it.',
  },
  workspace_mismatch: {
    title: 'That was another workspace',
    happened:
      'You allowed access to a different Notion workspace than the one to be reconnected. Nothing was changed in Portcullis.',
    next: 'Start again, and choose the right workspace at the top of the page that Notion shows. To connect the other one, start from the list of workspaces.',
  },
  owner_mismatch: {
    title: 'That was another account at Notion',
    happened:
      'This connection belongs to another account at Notion than the one you used now. Nothing was changed in Portcullis.',
    next: 'Start again, and sign in to Notion with the account of before. To connect this account beside it or instead, start from the list of workspaces: you are asked then.',
  },
  being_disconnected: {
    title: 'This connection is just being removed',
    happened: 'It was disconnected a moment ago, and Notion has not confirmed that yet. Nothing was connected.',
    next: 'Wait a few minutes, then start again.',
  },
  interrupted: {
    title: 'The attempt was interrupted',
    happened: 'Portcullis was stopped, or failed, while it asked Notion, so it is not known how the attempt ended.',
    next: 'Look at the list of workspaces. If it is not there, start again. If it happens again, ask the operator of this Portcullis to look at its log.',
  },
  replaced: {
    title: 'A later attempt took the place of this one',
    happened: 'You started once more, in another tab or since. Nothing was connected by this attempt.',
    next: 'Finish the later one, or start again from the list of workspaces.',
  },
  cancelled: {
    title: 'This connection was given up',
    happened: 'You chose Cancel on the page that asked for confirmation. Nothing was connected.',
    next: 'To connect the workspace after all, start again from the list of workspaces.',
  },
  in_use: {
    title: 'This connection is in use',
    happened: 'You confirmed it before. Nothing was changed now.',
    next: 'To end it, open its workspace from the list, and disconnect it there.',
  },
  not_waiting: {
    title: 'There is nothing to confirm',
    happened: `The connection was confirmed or cancelled already, was not confirmed within ${attemptMinutes} minutes, or belongs to another browser.`,
    next: 'Look at the list of workspaces. If it is not there, start again.',
  },
  not_signed_in: {
    title: 'Sign in first',
    happened: 'Workspaces are connected by people who are signed in to Portcullis, and this browser is not (any more).',
    next: 'Sign in, then go on.',
  },
  not_allowed: {
    title: 'You may not connect this workspace',
    happened: 'Reconnecting takes the role of an admin there; connecting a new workspace takes a right of its own.',
    next: 'Ask an admin of the workspace, or the operator of this Portcullis.',
  },
  bad_address: {
    title: 'This address is incomplete',
    happened: 'It names no workspace and no connection that Portcullis could have made.',
    next: 'Start from the list of workspaces.',
  },
  wrong_host: {
    title: 'The proxy in front of Portcullis hides the host name',
    happened:
      'This browser was sent to the public address of Portcullis, and the proxy there asked Portcullis for another one. Nothing was connected.',
    next: 'Ask the operator of this Portcullis to let the proxy pass on the Host header that the browser sends. For nginx that is: proxy_set_header Host $http_host; other proxies are in docs/proxies.md. If the address that this page has now is not the public one, PORTCULLIS_PUBLIC_URL is wrong.',
  },
  forged: {
    title: 'This was not sent by our page',
    happened: 'The form did not carry what this browser was given. Nothing was changed.',
    next: 'Go back to the list of workspaces, and start again if the workspace is not there.',
  },
  unavailable: {
    title: 'Portcullis cannot do this now',
    happened: 'Something inside Portcullis failed. Nothing more was done.',
    next: 'Try again in a few minutes. If it happens again, tell the operator of this Portcullis.',
  },
};

/** Says what happened and what to do about it. */
export function problemPage(problem: PageProblem, wayOn: WayOn, options: PageOptions): string {
  const { title, happened, next } = problemTexts[problem];
  const content = html`<p>${happened}</p>
<p>${next}</p>
<p><a class="button primary" href="${wayOn.path}">${wayOn.label}</a></p>`;
  return page(title, content, options);
}
