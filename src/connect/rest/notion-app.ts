import type { Dispatcher } from 'undici';
import type { AppRefusal } from '../../domain/app-refusal.ts';
import type { Secret } from '../../domain/secret.ts';

/** Our public integration at Notion (or at a stand-in for Notion). */
export interface NotionApp {
  /** The address of its REST API: `https://api.notion.com`. Its tokens are sent nowhere else (rule 3). */
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Made from the public URL alone (rule 26), and registered at Notion to the letter. */
  readonly redirectUri: string;
  /** What requests leave by; left out: directly. */
  readonly dispatcher?: Dispatcher;
  /** Called for each refusal of the client itself. */
  readonly onRefused?: (refusal: AppRefusal) => void;
}
