import { Client, type ClientConfig } from 'pg';
import { median } from '../median.ts';

const samples = 200;
const entry = 'x'.repeat(1_000);

/**
 * The time of two durable commits of 1 kB each, one after the other, on the database that the door writes to: what
 * strict logging cannot do without. Median, in milliseconds.
 */
export async function measureTwoCommits(connection: ClientConfig): Promise<number> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('CREATE TABLE IF NOT EXISTS bench_commit (id bigserial PRIMARY KEY, entry text NOT NULL)');
    const timesMs: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const startedAt = performance.now();
      for (let commit = 0; commit < 2; commit++) {
        await client.query({ name: 'insert', text: 'INSERT INTO bench_commit (entry) VALUES ($1)', values: [entry] });
      }
      timesMs.push(performance.now() - startedAt);
    }
    await client.query('DROP TABLE bench_commit');
    return median(timesMs);
  } finally {
    await client.end();
  }
}
