import { describe, expect, test } from 'vitest';
import { createChannelClients, textLimit } from '#channels/index.ts';

describe('the networks', () => {
  const clients = createChannelClients({
    graphApiUrl: 'http://127.0.0.1:9',
    graphVersion: 'v25.0',
  });

  test('offer one client each', () => {
    expect(clients.of('facebook')).toBe(clients.of('facebook'));
    expect(clients.of('instagram')).not.toBe(clients.of('facebook'));
  });

  test('say how long a text may be', () => {
    expect(textLimit('facebook', 'message')).toEqual({ length: 2_000, unit: 'characters' });
    expect(textLimit('facebook', 'comment')).toEqual({ length: 8_000, unit: 'characters' });
    expect(textLimit('instagram', 'message')).toEqual({ length: 1_000, unit: 'bytes' });
    expect(textLimit('instagram', 'comment')).toEqual({ length: 2_200, unit: 'characters' });
  });
});
