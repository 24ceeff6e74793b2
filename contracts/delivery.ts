import { z } from 'zod';
import { instant } from './instant.ts';

export const deliveryQuery = z.strictObject({
  state: z.literal('parked').default('parked'),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

/** A delivery of Meta's of which something could not be read. Never with its body. */
export const parkedDelivery = z
  .strictObject({
    id: z.int(),
    receivedAt: instant,
    /** Why none of it could be read; null = only the items below. */
    error: z.string().nullable(),
    items: z.array(
      z.strictObject({ index: z.int(), name: z.string().nullable(), error: z.string().nullable() }),
    ),
    /** Its body is still there. */
    replayable: z.boolean(),
  })
  .meta({ id: 'ParkedDelivery' });
export type ParkedDelivery = z.infer<typeof parkedDelivery>;

export const parkedPage = z
  .strictObject({
    deliveries: z.array(parkedDelivery),
    /** How much is parked altogether: whole deliveries, and single items of others. */
    counts: z.strictObject({ deliveries: z.int(), items: z.int() }),
    cursor: z.string().nullable(),
  })
  .meta({ id: 'ParkedPage' });

export const deliveryParams = z.strictObject({
  id: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 53 - 1),
});
export const replayAnswer = z.strictObject({ id: z.int(), state: z.literal('new') });
