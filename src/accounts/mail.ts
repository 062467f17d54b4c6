/** A letter to one person, in plain text. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail. Resolves once a server has taken the letter; throws `PortcullisError` `unavailable` when none does. */
export interface Mail {
  send(letter: Letter): Promise<void>;
}

/** Names from outside stand in mails: one line, and no more of it than anybody reads. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 100);
}

export function invitationMail(given: {
  to: string;
  workspaceName: string;
  acceptUrl: string;
  expiresAt: Date;
}): Letter {
  const workspace = oneLine(given.workspaceName);
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

export function recoveryMail(given: { to: string; signInUrl: string; minutes: number }): Letter {
  return {
    to: given.to,
    subject: 'Sign in to Portcullis',
    text: [
      'Somebody asked for a link to sign in with this address. If it was you, open this and choose a new password:',
      '',
      `  ${given.signInUrl}`,
      '',
      `It works once, within ${given.minutes} minutes. If it was not you, ignore this: nothing changes.`,
      '',
    ].join('\n'),
  };
}
