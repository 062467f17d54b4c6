import type { DatabaseSeed, PageSeed, RowSeed, WorkspaceSeed } from './seed.ts';

/** What one department writes down. */
interface Department {
  readonly key: string;
  readonly name: string;
  readonly icon: string;
  readonly lead: string;
  readonly guides: readonly string[];
  readonly projects: readonly string[];
}

const open: readonly Department[] = [
  {
    key: 'engineering',
    name: 'Engineering',
    icon: '🛠️',
    lead: 'noor',
    guides: ['Architecture', 'Code review', 'Release checklist', 'On-call', 'Incident response', 'Testing', 'Naming'],
    projects: [
      'Search rewrite',
      'Faster builds',
      'Single sign-on',
      'Mobile offline mode',
      'Storage migration',
      'Audit trail',
    ],
  },
  {
    key: 'product',
    name: 'Product',
    icon: '🧭',
    lead: 'max',
    guides: ['How we decide', 'Writing a brief', 'Interviews', 'Metrics', 'Roadmap rules'],
    projects: ['Onboarding', 'Templates', 'Billing page', 'Notifications', 'Export'],
  },
  {
    key: 'design',
    name: 'Design',
    icon: '🎨',
    lead: 'yuki',
    guides: ['Colours', 'Typography', 'Accessibility', 'Icons', 'Tone of voice'],
    projects: ['Design system 2', 'Dark mode', 'Empty states', 'Illustrations'],
  },
  {
    key: 'marketing',
    name: 'Marketing',
    icon: '📣',
    lead: 'lena',
    guides: ['Brand', 'Newsletter', 'Events', 'Press'],
    projects: ['Spring campaign', 'Case studies', 'New website', 'Conference talk', 'Webinar series'],
  },
  {
    key: 'sales',
    name: 'Sales',
    icon: '🤝',
    lead: 'omar',
    guides: ['Pricing', 'Discovery calls', 'Objections', 'Handover to support'],
    projects: ['Partner programme', 'Renewals', 'Enterprise pilot', 'CRM clean-up'],
  },
  {
    key: 'support',
    name: 'Support',
    icon: '🛟',
    lead: 'ines',
    guides: ['Greeting', 'Refunds', 'Escalation', 'Known problems', 'Macros'],
    projects: ['Help centre', 'Chat hours', 'Satisfaction survey'],
  },
];

const closed: readonly Department[] = [
  {
    key: 'people-operations',
    name: 'People operations',
    icon: '🧑‍💼',
    lead: 'ruth',
    guides: ['Hiring', 'Onboarding plan', 'Leave', 'Salary bands', 'Reviews'],
    projects: ['Pay transparency', 'New benefits', 'Handbook rewrite'],
  },
  {
    key: 'finance',
    name: 'Finance',
    icon: '💶',
    lead: 'paul',
    guides: ['Expenses', 'Budget process', 'Invoices', 'Travel'],
    projects: ['Audit 2026', 'New ledger', 'Forecast model'],
  },
  {
    key: 'legal',
    name: 'Legal',
    icon: '⚖️',
    lead: 'sara',
    guides: ['Contracts', 'Data protection', 'Trademarks'],
    projects: ['Terms of service', 'Supplier review'],
  },
];

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DECISIONS = ['Tools', 'Working hours', 'Budget', 'Hiring plan', 'Goals', 'Meetings', 'Suppliers', 'Office'];
const STATES = ['Not started', 'In progress', 'Done'];
const PRIORITIES = ['Low', 'Medium', 'High'];

/** A company of some 300 pages: nine departments with guides, monthly meetings and projects, three of them restricted. */
export const company: WorkspaceSeed = {
  key: 'company',
  name: 'Initech',
  plan: 'enterprise',
  emojis: ['initech', 'ship-it'],
  teamspaces: [{ key: 'board', name: 'Board', access: 'private', members: ['ada', 'ruth', 'paul'] }],
  people: ['ada', 'noor', 'max', 'yuki', 'lena', 'omar', 'ines', 'ruth', 'paul', 'sara'].map(key => ({
    key,
    name: key === 'ada' ? 'Ada Admin' : `${key.charAt(0).toUpperCase()}${key.slice(1)} Initech`,
    email: `${key}@initech.example`,
  })),
  pages: [
    {
      key: 'root',
      title: 'Initech',
      icon: '🏢',
      ticked: true,
      content: '# Initech\nThe home of everything that we write down.',
      pages: [
        { key: 'public', title: 'Departments', content: 'Open to everybody.', pages: open.map(departmentPage) },
        {
          key: 'restricted',
          title: 'Confidential',
          content: 'On a need-to-know basis.',
          pages: closed.map(departmentPage),
        },
      ],
    },
    {
      key: 'unshared',
      title: 'Board',
      teamspace: 'board',
      content: 'Papers of the board.',
      pages: MONTHS.slice(0, 4).map(month => ({
        key: `board/${month}`,
        title: `Minutes of ${month}`,
        content: 'Present: all.',
      })),
    },
  ],
};

function departmentPage(department: Department): PageSeed {
  const { key, name, icon, guides } = department;
  return {
    key,
    title: name,
    icon,
    content: `## What we do\n${name} at Initech, in one page.\n## Where to ask\n- In the channel of ${name}`,
    pages: [
      {
        key: `${key}/guides`,
        title: `${name} guides`,
        content: 'Short, current, and owned by somebody.',
        pages: guides.map(title => ({ key: `${key}/guides/${title}`, title, content: guideText(title, name) })),
      },
      {
        key: `${key}/decisions`,
        title: `${name} decisions`,
        content: 'What was decided, by whom, and when to look at it again.',
        pages: DECISIONS.map(title => ({
          key: `${key}/decisions/${title}`,
          title: `${title}: what ${name} decided`,
          content: `## Context\n## Decision\nAs it was, until the end of the year.\n## Look again\n2026-12-01`,
        })),
      },
      {
        key: `${key}/meetings`,
        title: `${name} meetings`,
        content: 'Newest last.',
        pages: MONTHS.map(month => ({
          key: `${key}/meetings/${month}`,
          title: `${name}, ${month} 2026`,
          content: meetingText(month),
        })),
      },
    ],
    databases: [projectsOf(department)],
  };
}

function guideText(title: string, department: string): string {
  return [
    `# ${title}`,
    `How ${department} does it, and why.`,
    '1. Read this page',
    '2. Ask if it is wrong',
    '> Keep it short.',
  ].join('\n');
}

function meetingText(month: string): string {
  return [
    '## Agenda',
    '- Numbers',
    '- Hiring',
    '- Anything else',
    '## Decisions',
    `- [x] Agreed on the plan for ${month}`,
    '- [ ] Book the room',
  ].join('\n');
}

function projectsOf({ key, name, lead, projects }: Department): DatabaseSeed {
  return {
    key: `${key}/projects`,
    title: `${name} projects`,
    description: `What ${name} is working on`,
    properties: {
      Name: 'title',
      Status: `status: ${STATES.join(', ')}`,
      Priority: `select: ${PRIORITIES.join(', ')}`,
      Lead: 'people',
      Budget: 'number',
      Due: 'date',
      Number: 'unique_id',
    },
    rows: projects.map(
      (project, index): RowSeed => ({
        Name: project,
        Status: STATES[index % STATES.length] ?? '',
        Priority: PRIORITIES[(index + 1) % PRIORITIES.length] ?? '',
        Lead: [lead],
        Budget: 5000 * (index + 1),
        Due: `2026-${String(3 + index).padStart(2, '0')}-28`,
        content: `## Goal\n${project} for everybody.\n## Next\n- [ ] Start`,
      }),
    ),
  };
}
