import { type SinkDelivery, SinkTroubleError } from './sink.ts';

interface TroubleOptions {
  readonly waitSeconds?: number;
  readonly needsPerson?: boolean;
}

/** Nothing was taken, for no reason that lies in what was sent. */
export function troubleDelivery(problem: string, options: TroubleOptions = {}): SinkDelivery {
  return { taken: 0, end: { kind: 'trouble', trouble: { problem, waitSeconds: 0, needsPerson: false, ...options } } };
}

/** Trouble that a person has to end. */
export function needsPerson(problem: string): SinkTroubleError {
  return new SinkTroubleError({ problem, waitSeconds: 0, needsPerson: true });
}
