import type { Browser, Page } from './browser.ts';
import type { EmulatorFacts } from './emulator-process.ts';
import { readForm } from './form.ts';

/**
 * Connects the emulator's workspace as a person does: the Connect button, Notion's consent page with its page picker,
 * the way back, and the confirmation. `target` is the workspace to reconnect, if it is known.
 */
export async function connectWorkspace(options: {
  browser: Browser;
  gatewayUrl: string;
  notion: Pick<EmulatorFacts, 'people' | 'workspaceId'>;
  target: string | null;
}): Promise<void> {
  const { browser, gatewayUrl, notion, target } = options;
  const start = new URL('/auth/notion', gatewayUrl);
  if (target !== null) start.searchParams.set('workspace', target);

  const asked = redirectOf(await browser.get(start));
  const [person] = notion.people;
  if (person !== undefined) asked.searchParams.set('person_id', person.id);
  asked.searchParams.set('workspace_id', notion.workspaceId);
  const consent = await browser.get(asked);
  const { action, fields } = readForm(consent.text);
  fields.set('decision', 'allow');
  const consented = await browser.submit(consent.url, new URL(action, consent.url), fields);

  const question = await follow(browser, await browser.get(redirectOf(consented)));
  const answer = readForm(question.text);
  answer.fields.set('answer', 'confirm');
  const confirmed = await browser.submit(question.url, new URL(answer.action, question.url), answer.fields);
  if (confirmed.status >= 400) throw unexpected(confirmed);
}

async function follow(browser: Browser, page: Page): Promise<Page> {
  let current = page;
  while (current.location !== null) current = await browser.get(current.location);
  return current;
}

function redirectOf(page: Page): URL {
  if (page.location === null) throw unexpected(page);
  return page.location;
}

function unexpected({ url, status, text }: Page): Error {
  return new Error(`connecting the demo's workspace failed: ${url.pathname} was answered with ${status}: ${text}`);
}
