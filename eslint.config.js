import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Which folder may import which: `api: ['domain']` reads "api may import domain". */
export const mayImport = {
  domain: [],
  contracts: ['domain'],
  channels: ['domain', 'contracts'],
  db: ['domain', 'contracts'],
  activities: ['domain', 'contracts', 'channels', 'db'],
  workflows: ['domain'],
  api: ['domain', 'contracts', 'channels', 'db', 'workflows'],
  worker: ['activities', 'workflows', 'channels', 'db'],
  sandbox: ['channels'],
  web: ['domain', 'contracts'],
};

/** What is drawn on the server reads the database itself. */
const webServer = ['web/src/**/*.server.ts', 'web/src/lib/server/**/*.ts'];

/** What a folder may import beyond that, but only as types: they vanish before the code runs. */
const mayImportTypesOf = { workflows: ['contracts', 'activities'] };

/** Folders that may import anything, and that nothing else may import. */
const free = ['local', 'bench', 'test'];

/** The only packages (and `node:` modules, by leaving them out) a folder may use. */
const packages = {
  domain: { allowed: [], why: 'domain/ is pure: no packages and no I/O.' },
  contracts: { allowed: ['zod'], why: 'contracts/ uses zod and nothing else.' },
  workflows: {
    allowed: ['@temporalio/workflow', '@temporalio/common'],
    why: 'workflows/ only orchestrates: I/O belongs into an activity.',
    allowTypeImports: true,
  },
};

const importsFrom = (folders) => `^(#|(\\.\\./)+)(${folders.join('|')})/`;

const boundary = ([folder, allowed, files = [`${folder}/**/*.{ts,svelte}`]]) => {
  const asTypes = mayImportTypesOf[folder] ?? [];
  const forbidden = [...Object.keys(mayImport), ...free].filter(
    (other) => other !== folder && !allowed.includes(other) && !asTypes.includes(other),
  );
  const said = [...allowed, ...asTypes.map((other) => `${other} (types)`)].join(', ') || 'itself';
  const message = `${folder}/ may import only: ${said}. See docs/architecture.md.`;
  const patterns = [{ regex: importsFrom(forbidden), message }];
  if (asTypes.length > 0) {
    patterns.push({ regex: importsFrom(asTypes), message, allowTypeImports: true });
  }
  const limit = packages[folder];
  if (limit) {
    const { allowed: names, why, ...rest } = limit;
    const known = names.map((name) => `${name}$|`).join('');
    patterns.push({ regex: `^(?!${known}#|\\.)`, message: why, ...rest });
  }
  return {
    files,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
};

const clock = 'The caller says what time it is.';
const outside = 'domain/ knows no clock, no chance and no outside world: pass it in.';

/** The modules of a workflow are loaded once for all sessions of a worker. */
const moduleScope = ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration';
const holdsNothing = [
  `${moduleScope}[kind='let']`,
  `${moduleScope} > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/]`,
].map((selector) => ({
  selector,
  message: 'All sessions of a worker share what a module declares: keep this in the run.',
}));

export default ts.config(
  { ignores: ['**/build/**', '**/.data/**', '**/.svelte-kit/**'] },
  ...ts.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      // Three, and the database handle or the session that they are about.
      '@typescript-eslint/max-params': ['error', { max: 4 }],
      // Fastify plugins and fakes of asynchronous interfaces are rightly async without an await.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 250 }],
      'no-console': 'error',
    },
  },
  ...Object.entries(mayImport).map(boundary),
  boundary(['web', [...mayImport.web, 'db'], webServer]),
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ['web/**'],
    rules: {
      // The desk is never served below a path.
      'svelte/no-navigation-without-resolve': 'off',
      // Most sets and maps live for one function; state is marked by its rune.
      'svelte/prefer-svelte-reactivity': 'off',
      // It takes the compiler's warnings for those that svelte-check shows.
      'svelte/no-unused-svelte-ignore': 'off',
    },
  },
  // svelte-check knows the types of components; here they would all be unknown.
  { files: ['**/*.svelte'], ...ts.configs.disableTypeChecked },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clock },
        { object: 'Math', property: 'random', message: 'Chance comes in as an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clock },
        { selector: "CallExpression[callee.name='Date']", message: clock },
        ...holdsNothing,
      ],
      'no-restricted-globals': [
        'error',
        ...['performance', 'crypto', 'process', 'fetch', 'setTimeout', 'setInterval'].map(
          (name) => ({ name, message: outside }),
        ),
        { name: 'Intl', message: 'Time zones are computed outside of domain/.' },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          // Another machine's locale data gives another text, and a replay then differs.
          selector: 'MemberExpression[property.name=/^to(Locale(Date|Time)?|Date|Time)String$/]',
          message: 'workflows/ formats nothing: state carries epoch milliseconds.',
        },
        { selector: "Identifier[name='Intl']", message: 'workflows/ formats nothing.' },
        ...holdsNothing,
      ],
    },
  },
  {
    files: ['local/**/*.ts', 'bench/**/*.ts', 'sandbox/**/*.ts', 'test/support/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      '@typescript-eslint/max-params': 'off',
      // Bodies of HTTP answers are `any`; a wrong guess there fails the test anyway.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // A migration is one script, read from top to bottom.
  { files: ['db/migrations/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },
);
