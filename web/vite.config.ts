import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    sveltekit({
      adapter: adapter({ out: 'web/build' }),
      csp: {
        directives: {
          'default-src': ['self'],
          // Customers' pictures and attachments come from the platforms' servers.
          'img-src': ['self', 'data:', 'https:'],
          'style-src': ['self'],
          // Places and sizes that only the page itself knows.
          'style-src-attr': ['unsafe-inline'],
          'object-src': ['none'],
          'base-uri': ['none'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  ...(process.env.VITEST ? { resolve: { conditions: ['browser'] } } : {}),
  test: { name: 'web', dir: `${import.meta.dirname}/../test/web`, environment: 'jsdom' },
});
