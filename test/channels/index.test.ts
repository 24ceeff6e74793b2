import { describe, expect, test } from 'vitest';
import { channelLimits, createChannelClients } from '#channels/index.ts';

describe('the networks', () => {
  const clients = createChannelClients({
    graphApiUrl: 'http://127.0.0.1:9',
    graphVersion: 'v25.0',
  });

  test('offer one client and the limits of Facebook', () => {
    expect(channelLimits('facebook')).toEqual({ textLength: 2_000, textUnit: 'characters' });
    expect(clients.of('facebook')).toBe(clients.of('facebook'));
  });

  test('say which is not built', () => {
    expect(() => channelLimits('instagram')).toThrow('instagram is not built yet');
    expect(() => clients.of('instagram')).toThrow('instagram is not built yet');
  });
});
