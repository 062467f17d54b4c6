import type { WorkspaceSeed } from './seed.ts';

/** A small company. `root` holds an open half and a restricted half; `unshared` stands beside it and is not ticked. */
export const acme: WorkspaceSeed = {
  key: 'acme',
  name: 'Acme',
  plan: 'business',
  people: [
    { key: 'ada', name: 'Ada Admin', email: 'ada@acme.example' },
    { key: 'eli', name: 'Eli Editor', email: 'eli@acme.example' },
    { key: 'vic', name: 'Vic Viewer', email: 'vic@acme.example' },
    { key: 'gus', name: 'Gus Guest', email: 'gus@partner.example' },
  ],
  emojis: ['acme-rocket', 'acme-shield'],
  pages: [
    {
      key: 'root',
      title: 'Acme Home',
      icon: '🏠',
      ticked: true,
      content: [
        '# Welcome to Acme',
        'Everything that the company shares with its tools stands below this page.',
        '- **Public** is for everybody',
        '- **Restricted** is for those who need it',
      ].join('\n'),
      pages: [
        {
          key: 'public',
          title: 'Public',
          icon: '🌍',
          content: 'What every colleague, script and agent may read.\n---',
          pages: [
            {
              key: 'handbook',
              title: 'Handbook',
              content: [
                '# How we work',
                '## Mornings',
                'Nobody is expected before ten.',
                '## Writing things down',
                '1. Say what was decided',
                '2. Say who decided it',
                '\t- and when to look at it again',
                '- [x] Laptop',
                '- [ ] Badge',
                '> Ask twice, build once.',
                '```typescript',
                'export const answer = 42;',
                '```',
              ].join('\n'),
              comments: [{ by: 'eli', text: 'Should the badge come first?' }],
              pages: [
                { key: 'travel', title: 'Travel policy', content: 'Trains before planes. Receipts within a month.' },
              ],
            },
            {
              key: 'news',
              title: 'News',
              content: '## March\nThe new office in Lisbon is open.\n## April\nWe are hiring.',
            },
          ],
          databases: [
            {
              key: 'projects',
              title: 'Projects',
              description: 'What we are building, and who leads it',
              properties: {
                Name: 'title',
                Status: 'status: Not started, In progress, Done',
                Priority: 'select: Low, Medium, High',
                Tags: 'multi_select: web, mobile, infra',
                Lead: 'people',
                Budget: 'number',
                Due: 'date',
                Approved: 'checkbox',
                Notes: 'rich_text',
                Number: 'unique_id',
              },
              rows: [
                {
                  Name: 'Website relaunch',
                  Status: 'In progress',
                  Priority: 'High',
                  Tags: ['web'],
                  Lead: ['eli'],
                  Budget: 40000,
                  Due: '2026-12-15',
                  Approved: true,
                  Notes: 'Waiting for the new logo',
                  content: '## Next steps\n- [ ] Choose the photographs\n- [x] Write the texts',
                },
                {
                  Name: 'Mobile app',
                  Status: 'Not started',
                  Priority: 'Medium',
                  Tags: ['mobile'],
                  Lead: ['ada'],
                  Budget: 90000,
                  Due: '2027-03-01',
                },
                {
                  Name: 'Move to the new data centre',
                  Status: 'Done',
                  Priority: 'High',
                  Tags: ['infra'],
                  Budget: 25000,
                  Due: '2026-06-30',
                  Approved: true,
                },
                { Name: 'Printer repair', Priority: 'Low', Approved: false },
              ],
              templates: [
                { key: 'brief', title: 'Project brief', default: true, content: '## Goal\n## People\n## Dates' },
                { key: 'retro', title: 'Retrospective', content: '## What went well\n## What did not' },
              ],
            },
          ],
        },
        {
          key: 'restricted',
          title: 'Restricted',
          icon: '🔒',
          content: 'People operations and finance only.',
          pages: [
            {
              key: 'salaries',
              title: 'Salary bands',
              content: '| these are | confidential |\nBand A starts at 52,000. Band B starts at 68,000.',
            },
            { key: 'incidents', title: 'Security incidents', content: '## 2026-02-11\nA laptop was lost on a train.' },
          ],
          databases: [
            {
              key: 'candidates',
              title: 'Candidates',
              properties: {
                Name: 'title',
                Stage: 'select: Applied, Interview, Offer',
                Email: 'email',
                Expectation: 'number',
              },
              rows: [
                { Name: 'Robin Applicant', Stage: 'Interview', Email: 'robin@mail.example', Expectation: 61000 },
                { Name: 'Kim Candidate', Stage: 'Offer', Email: 'kim@mail.example', Expectation: 70000 },
              ],
            },
          ],
        },
      ],
    },
    {
      key: 'unshared',
      title: 'Board papers',
      icon: '📁',
      content: 'Nobody has shared this page with any connection.',
      pages: [{ key: 'minutes', title: 'Minutes of January', content: 'The board met on the twelfth.' }],
    },
    { key: 'diary', title: "Ada's notes", privateTo: 'ada', content: 'Only Ada sees this page.' },
  ],
};
