import { stateTable } from './state-table.ts';

/**
 * Minutes that an attempt to connect may take. They run until the person comes back from Notion, and start again for
 * the confirmation.
 */
export const attemptMinutes = 10;

/**
 * `asking`: the browser is at Notion. `redeeming`: it came back, and Notion is asked for the tokens. `waiting`: the tokens wait
 * to be confirmed by the same browser. `confirmed`: they are in use. `ended`: it is gone; how it ended is remembered for a while.
 */
export type ConnectAttemptState = 'asking' | 'redeeming' | 'waiting' | 'confirmed' | 'ended';

/** The life of an attempt to connect a workspace. It begins as `asking`. */
export const attemptStates = stateTable<ConnectAttemptState>()({
  /** The browser came back with the state. This happens once. */
  came_back: { from: ['asking'], to: 'redeeming' },
  /** Notion gave tokens, and they are stored. */
  tokens_stored: { from: ['redeeming'], to: 'waiting' },
  /** The person pressed the button that puts the tokens to use. */
  confirmed: { from: ['waiting'], to: 'confirmed' },
  /** It came to nothing at Notion or here. */
  failed: { from: ['redeeming'], to: 'ended' },
  /** A later attempt with the same client, or for the same connection, takes its place. */
  replaced: { from: ['asking', 'waiting'], to: 'ended' },
  /** The person gave it up on the page that asks for confirmation, or did not answer there in time. */
  abandoned: { from: ['waiting'], to: 'ended' },
  /** Nothing can follow from it any more. */
  forgotten: { from: ['asking', 'redeeming', 'confirmed'], to: 'ended' },
});

type Transitions = typeof attemptStates.transitions;
export type AttemptEvent = keyof Transitions;
/** Events that end an attempt: its row goes. */
export type AttemptEnd = { [E in AttemptEvent]: Transitions[E]['to'] extends 'ended' ? E : never }[AttemptEvent];
