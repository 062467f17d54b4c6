import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tablesInSql } from './sql-tables.ts';

const [one, two] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];

describe('tables in SQL', () => {
  it('finds every table that a query reads', () => {
    assert.deepEqual(tablesInSql(`SELECT a FROM "collection://${one}"`), [one]);
    assert.deepEqual(tablesInSql(`select * from "collection://${one}" a join "collection://${two}" b on a.x = b.y;`), [
      one,
      two,
    ]);
    assert.deepEqual(tablesInSql(`SELECT * FROM "collection://${one}", "collection://${two}" WHERE 1 IN (1, 2)`), [
      one,
      two,
    ]);
    assert.deepEqual(tablesInSql(`SELECT (SELECT max(x) FROM "collection://${two}") FROM "collection://${one}"`), [
      two,
      one,
    ]);
    assert.deepEqual(tablesInSql(`WITH t AS (SELECT * FROM "collection://${one}") SELECT * FROM t ORDER BY 1, 2`), [
      one,
    ]);
    assert.deepEqual(tablesInSql(`SELECT 'from "collection://x"' FROM "collection://${one}" -- from secrets`), [one]);
  });

  it('follows nothing else', () => {
    for (const sql of [
      'SELECT * FROM secrets',
      `SELECT * FROM "collection://${one}", secrets`,
      `SELECT * FROM "collection://${one}" JOIN secrets`,
      `SELECT * FROM "collection://not-an-id"`,
      `SELECT * FROM [collection://${one}]`,
      `SELECT * FROM "collection://${one}"; SELECT 1`,
      `ATTACH 'x' AS y`,
      `DELETE FROM "collection://${one}"`,
      `SELECT * FROM ("collection://${one}"`,
      'SELECT 1',
      '',
    ]) {
      assert.equal(tablesInSql(sql), null, sql);
    }
  });
});
