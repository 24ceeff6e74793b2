// @ts-check

const english = {
  title: 'Meta sandbox',
  lead: 'Play the customers: what you write here goes to the inbox as signed webhooks.',
  people: 'People',
  newName: 'New person',
  writesTo: 'Writes to',
  add: 'Add',
  find: 'Find a person',
  nobody: 'Nobody here yet. Add a person.',
  choose: 'Choose a person, or add a new one.',
  back: 'People',
  accounts: 'Pages and accounts',
  whereTo: 'Messages or posts',
  messages: 'Messages',
  posts: 'Posts',
  send: 'Send',
  cancel: 'Cancel',
  message: 'Message to {name}',
  comment: 'Comment as {name}',
  commentOn: 'Under the post “{text}”',
  replyTo: 'Reply to {name}',
  reply: 'Reply',
  commentHere: 'Comment',
  deletePost: 'Delete post',
  confirmDeletePost: 'Delete this post with all its comments?',
  noMessages: 'No messages yet. Write the first one.',
  noPosts: 'This account has no posts.',
  noComments: 'No comments yet.',
  delivered: 'Delivered',
  seen: 'Seen',
  seenByPage: 'Seen by {name}',
  typing: '{name} is typing…',
  hidden: 'Hidden author',
  removed: 'This comment was deleted.',
  edited: 'edited',
  author: 'Author',
  unread: '{count} unread',
  you: 'You: {text}',
  unreachable: 'The sandbox does not answer. Trying again…',
  refused: 'Not sent: {why}',
};

/** @typedef {keyof typeof english} Word */

/** @type {Record<Word, string>} */
const vietnamese = {
  title: 'Meta thử nghiệm',
  lead: 'Đóng vai khách hàng: những gì bạn viết ở đây đến hộp thư qua webhook có chữ ký.',
  people: 'Khách hàng',
  newName: 'Khách mới',
  writesTo: 'Nhắn cho',
  add: 'Thêm',
  find: 'Tìm khách',
  nobody: 'Chưa có ai. Hãy thêm một khách.',
  choose: 'Chọn một khách, hoặc thêm khách mới.',
  back: 'Khách hàng',
  accounts: 'Trang và tài khoản',
  whereTo: 'Tin nhắn hoặc bài viết',
  messages: 'Tin nhắn',
  posts: 'Bài viết',
  send: 'Gửi',
  cancel: 'Hủy',
  message: 'Nhắn tin cho {name}',
  comment: 'Bình luận với tên {name}',
  commentOn: 'Dưới bài viết “{text}”',
  replyTo: 'Trả lời {name}',
  reply: 'Trả lời',
  commentHere: 'Bình luận',
  deletePost: 'Xóa bài viết',
  confirmDeletePost: 'Xóa bài viết này cùng tất cả bình luận?',
  noMessages: 'Chưa có tin nhắn. Hãy viết tin đầu tiên.',
  noPosts: 'Tài khoản này chưa có bài viết.',
  noComments: 'Chưa có bình luận.',
  delivered: 'Đã nhận',
  seen: 'Đã xem',
  seenByPage: '{name} đã xem',
  typing: '{name} đang nhập…',
  hidden: 'Người dùng ẩn',
  removed: 'Bình luận đã bị xóa.',
  edited: 'đã chỉnh sửa',
  author: 'Tác giả',
  unread: '{count} chưa đọc',
  you: 'Bạn: {text}',
  unreachable: 'Không kết nối được. Đang thử lại…',
  refused: 'Chưa gửi được: {why}',
};

export const language = navigator.language.toLowerCase().startsWith('vi') ? 'vi' : 'en';
const words = language === 'vi' ? vietnamese : english;

/**
 * @param {Word} word
 * @param {Record<string, string | number>} [values] for the {names} in it
 */
export function say(word, values = {}) {
  return words[word].replaceAll(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ''));
}

/** Puts the words into the page as it was served. */
export function translatePage() {
  document.documentElement.lang = language;
  document.title = say('title');
  for (const element of document.querySelectorAll('[data-word]'))
    element.textContent = say(wordOf(element, 'data-word'));
  for (const element of document.querySelectorAll('[data-label]'))
    element.setAttribute('aria-label', say(wordOf(element, 'data-label')));
}

/**
 * @param {Element} element
 * @param {string} attribute
 */
function wordOf(element, attribute) {
  return /** @type {Word} */ (element.getAttribute(attribute));
}

const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** @param {number} at epoch ms */
export function timeOf(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return (isToday ? clock : day).format(at);
}
