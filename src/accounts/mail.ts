import { plainText } from '../domain/printable.ts';

/** A letter to one person, in plain text. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail. Resolves once a server has accepted the letter; throws `PortcullisError` `unavailable` if none does. */
export interface Mail {
  send(letter: Letter): Promise<void>;
}

/** Names in mails come from outside, so they are cut at this length. */
const nameCharsMax = 100;

export function invitationMail(given: {
  to: string;
  workspaceName: string;
  acceptUrl: string;
  expiresAt: Date;
}): Letter {
  const workspace = plainText(given.workspaceName, nameCharsMax);
  return {
    to: given.to,
    subject: `You are invited to "${workspace}" on Portcullis`,
    text: [
      `You are invited to the workspace "${workspace}".`,
      '',
      'To accept, open this link. It is for you alone, so do not pass it on:',
      '',
      `  ${given.acceptUrl}`,
      '',
      `It works until ${given.expiresAt.toISOString().slice(0, 10)}. If you do not know what this is about, ignore it: nothing happens.`,
      '',
    ].join('\n'),
  };
}

/** For an account that another person made for the reader. */
export function firstLinkMail(given: { to: string; signInUrl: string; days: number }): Letter {
  return {
    to: given.to,
    subject: 'Your account on Portcullis',
    text: [
      'An account was made for you. To sign in for the first time, open this and choose a password:',
      '',
      `  ${given.signInUrl}`,
      '',
      `It works once, within ${given.days === 1 ? 'a day' : `${given.days} days`}. It is for you alone, so do not pass it on.`,
      '',
    ].join('\n'),
  };
}

/** A link into one account, and the data that distinguishes the account from others with the same address. */
export interface WayBack {
  readonly signInUrl: string;
  readonly createdAt: Date;
  /** Names of some of its workspaces. */
  readonly workspaces: readonly string[];
}

/** A letter with a link for each account that its reader may mean. */
export function recoveryMail(given: { to: string; ways: readonly WayBack[]; minutes: number }): Letter {
  const several = given.ways.length > 1;
  return {
    to: given.to,
    subject: 'Sign in to Portcullis',
    text: [
      'Somebody asked for a link to sign in with this address. If it was you, open this and choose a new password:',
      '',
      ...(several ? ['Several accounts bear this address. Open only the link of the one that you know.', ''] : []),
      ...given.ways.flatMap(way => (several ? [describe(way), `  ${way.signInUrl}`, ''] : [`  ${way.signInUrl}`, ''])),
      `It works once, within ${given.minutes} minutes. If it was not you, ignore this: nothing changes.`,
      '',
    ].join('\n'),
  };
}

function describe({ createdAt, workspaces }: WayBack): string {
  const where =
    workspaces.length === 0
      ? 'in no workspace'
      : `in ${workspaces.map(name => `"${plainText(name, nameCharsMax)}"`).join(', ')}`;
  return `- made on ${createdAt.toISOString().slice(0, 10)}, ${where}:`;
}
