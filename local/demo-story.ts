import { SEED_INSTAGRAM, SEED_PAGE } from '#sandbox/seed.ts';

/** A customer of the demo, and what they write: private messages, or comments under the channel's post. */
export type Visit = {
  name: string;
  page: string;
  kind: 'message' | 'comment';
  texts: readonly string[];
  /** Whose comment, made before, they answer instead of writing under the post itself. */
  under?: string;
};

/** What the agent in charge writes back, and whether that was all there was to do. */
export type Answer = { to: string; text: string; isDone: boolean };

const facebook = SEED_PAGE.id;
const instagram = SEED_INSTAGRAM.id;

/** The first customers of a new demo, in the order in which they come. */
export const VISITS: readonly Visit[] = [
  {
    name: 'Thanh Tùng',
    page: facebook,
    kind: 'message',
    texts: ['Mình nhận được hàng rồi, áo đẹp lắm. Cảm ơn shop nhiều ạ!'],
  },
  {
    name: 'Trần Thu Hà',
    page: facebook,
    kind: 'message',
    texts: ['Cho mình hỏi phí ship về Đà Nẵng bao nhiêu ạ?'],
  },
  { name: 'Minh Châu', page: facebook, kind: 'comment', texts: ['Giá bao nhiêu vậy shop?'] },
  {
    name: 'Hoàng Yến',
    page: facebook,
    kind: 'comment',
    texts: ['Mình cũng quan tâm ạ, còn size S không shop?'],
    under: 'Minh Châu',
  },
  {
    name: 'Emily Carter',
    page: instagram,
    kind: 'message',
    texts: [
      'Hi! Do you ship to Singapore?',
      'And how long does it take? I need it before the 15th.',
    ],
  },
  {
    name: 'Phạm Gia Bảo',
    page: instagram,
    kind: 'message',
    texts: ['Áo màu xanh rêu còn hàng không shop?'],
  },
  {
    name: 'David Nguyen',
    page: instagram,
    kind: 'comment',
    texts: ['Love this color! Is it available in size L?'],
  },
  {
    name: 'Ngọc Lan',
    page: facebook,
    kind: 'message',
    texts: [
      'Shop ơi, áo linen trắng còn size M không ạ?',
      'Em cao 1m58, nặng 50 kg thì mặc size nào vừa ạ?',
      'Nếu còn thì giữ cho em 1 cái nhé 🌸',
    ],
  },
];

export const ANSWERS: readonly Answer[] = [
  {
    to: 'Thanh Tùng',
    text: 'Dạ shop cảm ơn anh nhiều ạ. Chúc anh một ngày vui vẻ!',
    isDone: true,
  },
  {
    to: 'Trần Thu Hà',
    text: 'Dạ phí ship về Đà Nẵng là 30.000đ ạ. Đơn từ 500.000đ bên em miễn phí ship chị nhé!',
    isDone: false,
  },
];
