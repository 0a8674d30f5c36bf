// Checks the catalogues of demo/ and their pictures:  node demo/check.mjs
// Prints every fault found and exits with 1, or a line for each shop and 0.
import { readFileSync, readdirSync, statSync } from 'node:fs';

const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);
// Absolute claims (advertising law, article 9), medical claims, and pressure to buy.
const forbidden = ['最', '第一', '国家级', '世界级', '顶级', '顶尖', '极致', '极品', '唯一', '首选', '首个', '独一无二', '完美', '绝对', '万能', '永久', '百分百', '史上', '冠军', '王牌', '之王', '全网', '特供', '秒杀', '原价', '治疗', '治愈', '疗效', '药效', '抗癌', '降血压', '降血糖', '减肥', '瘦身', '壮阳', '排毒', '养生', '保健', '安神', '助眠', '抗衰', '消炎', '杀菌'];
const words = (where, text) => { for (const w of forbidden) if (text.includes(w)) fault(where, `forbidden word 「${w}」 in “${text.slice(0, 60)}”`); };
const text = (where, o, key) => {
  if (typeof o[key] !== 'string' || !o[key].trim()) fault(where, `${key} is missing`);
  else words(where, o[key]);
};
const handleForm = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const unique = (set, value, where, what) => { if (set.has(value)) fault(where, `${what} ${value} is used twice`); set.add(value); };

/** Looks at one folder: what is in order there, in a line. */
function check(folder, least, most) {
  const here = new URL(folder, import.meta.url), dir = new URL('./pictures/', here);
  const data = JSON.parse(readFileSync(new URL('./catalog.json', here), 'utf8'));
  const files = new Set(readdirSync(dir));
  const used = new Set();

  const picture = (where, name) => {
    if (typeof name !== 'string' || !files.has(name)) return fault(where, `picture ${name} does not exist`);
    used.add(name);
  };

  for (const key of ['handle', 'name', 'name_en', 'slogan', 'slogan_en', 'currency']) text('shop', data.shop || {}, key);

  const categories = new Map();
  for (const c of data.categories || []) {
    const where = `category ${c.handle}`;
    if (!handleForm.test(c.handle || '')) fault(where, 'bad handle');
    if (categories.has(c.handle)) fault(where, 'handle is used twice');
    categories.set(c.handle, 0);
    for (const key of ['name', 'name_en', 'summary', 'summary_en']) text(where, c, key);
    picture(where, c.picture);
  }

  for (const o of data.offers || []) {
    const where = `offer ${o.name}`;
    text(where, o, 'name');
    if (!['sale', 'pieces', 'nth', 'sum', 'coupon', 'shipping', 'bundle', 'gift', 'addon', 'voucher'].includes(o.kind)) fault(where, `unknown kind ${o.kind}`);
    if (!Array.isArray(o.steps) || !o.steps.length) fault(where, 'no steps');
    if (o.category && !categories.has(o.category)) fault(where, `unknown category ${o.category}`);
  }

  const handles = new Set(), skus = new Set(), titles = new Set();
  let variants = 0, withOptions = 0, low = Infinity, high = 0;
  for (const p of data.products || []) {
    const where = `product ${p.handle}`;
    if (!handleForm.test(p.handle || '')) fault(where, 'bad handle');
    unique(handles, p.handle, where, 'handle');
    unique(titles, p.title, where, 'title');
    for (const key of ['title', 'title_en', 'subtitle', 'brand', 'description']) text(where, p, key);
    if (!categories.has(p.category)) fault(where, `unknown category ${p.category}`);
    else categories.set(p.category, categories.get(p.category) + 1);
    if (p.kind !== 'physical' && p.kind !== 'digital') fault(where, `unknown kind ${p.kind}`);

    // description: balanced, allowed tags only
    const open = [];
    for (const [tag, slash, name] of (p.description || '').matchAll(/<(\/?)([a-z0-9]+)[^>]*>/gi)) {
      if (!/^<\/?(p|ul|li|strong|h3)>$/.test(tag)) fault(where, `tag ${tag} is not allowed`);
      else if (!slash) open.push(name);
      else if (open.pop() !== name) fault(where, `tag ${tag} does not match`);
    }
    if (open.length) fault(where, `tag <${open.pop()}> is not closed`);

    if (!Array.isArray(p.pictures) || !p.pictures.length) fault(where, 'has no picture');
    else for (const f of p.pictures) picture(where, f);

    const options = Array.isArray(p.options) ? p.options : (fault(where, 'options is not a list'), []);
    if (options.length > 3) fault(where, 'has more than 3 options');
    if (options.length) withOptions++;
    for (const o of options) {
      text(where, o, 'name');
      if (!Array.isArray(o.values) || !o.values.length) fault(where, `option ${o.name} has no values`);
      else {
        if (new Set(o.values).size !== o.values.length) fault(where, `option ${o.name} repeats a value`);
        for (const v of o.values) words(where, String(v));
      }
    }
    const list = Array.isArray(p.variants) ? p.variants : [];
    if (!list.length) fault(where, 'has no variant');
    if (!options.length && list.length !== 1) fault(where, 'has no options and must have exactly one variant');
    const seen = new Set();
    for (const v of list) {
      variants++;
      const at = `${where}, ${v.sku}`;
      if (!/^[A-Z0-9]+(-[A-Z0-9]+)*$/.test(v.sku || '')) fault(at, 'bad SKU');
      unique(skus, v.sku, at, 'SKU');
      if (!Array.isArray(v.options) || v.options.length !== options.length) fault(at, `has ${v.options?.length} option values, expected ${options.length}`);
      else {
        v.options.forEach((value, i) => { if (!options[i].values?.includes(value)) fault(at, `${value} is not a value of ${options[i].name}`); });
        unique(seen, v.options.join(' / '), at, 'combination');
      }
      if (!Number.isInteger(v.price) || v.price <= 0) fault(at, `price ${v.price} is not a whole number of fen above 0`);
      low = Math.min(low, v.price); high = Math.max(high, v.price);
      if (v.compare_at !== null) fault(at, 'compare_at must be null');
      if (!Number.isInteger(v.stock) || v.stock < 0) fault(at, `stock ${v.stock} is not a whole number`);
      if (p.kind === 'digital' ? v.weight_g !== undefined : !(Number.isInteger(v.weight_g) && v.weight_g > 0)) fault(at, `weight_g ${v.weight_g} does not fit a ${p.kind} product`);
      if (v.picture !== undefined) {
        picture(at, v.picture);
        if (!p.pictures?.includes(v.picture)) fault(at, `picture ${v.picture} is not among the product's pictures`);
      }
    }
    for (const o of options) for (const value of o.values || []) if (!list.some(v => v.options?.includes(value))) fault(where, `no variant has ${o.name} ${value}`);
    if (p.kind === 'digital' ? !(Number.isInteger(p.codes) && p.codes >= 10 && p.codes <= 200) : p.codes !== undefined) fault(where, `codes ${p.codes} does not fit a ${p.kind} product`);
  }
  if (categories.size < least.categories) fault('catalogue', `${categories.size} categories, expected ${least.categories} or more`);
  const parents = new Set((data.categories || []).map((c) => c.parent));
  for (const [c, count] of categories) if (!count && !parents.has(c)) fault(`category ${c}`, 'has no products, and none below it');
  if (handles.size < least.products) fault('catalogue', `${handles.size} products, expected at least ${least.products}`);

  for (const s of data.design?.settings || []) {
    const where = `design ${s.section}.${s.id}`;
    if (s.picture !== undefined) picture(where, s.picture);
    else for (const key of ['zh-CN', 'en']) text(where, s, key);
  }

  let bytes = 0;
  for (const name of files) {
    const body = readFileSync(new URL(name, dir), 'utf8');
    bytes += statSync(new URL(name, dir)).size;
    if (!name.endsWith('.svg')) { fault(`pictures/${name}`, 'is not an SVG'); continue; }
    if (!used.has(name)) fault(`pictures/${name}`, 'is not used');
    if (!body.includes('viewBox="0 0 1200 1200"')) fault(`pictures/${name}`, 'viewBox is not 0 0 1200 1200');
    if (/<(script|image|text|foreignObject|style|use|a)\b|\bon[a-z]+=|href|@import|url\((?!#)/i.test(body)) fault(`pictures/${name}`, 'has text, a script or an outside reference');
    for (const [, fe] of body.matchAll(/<(fe[A-Za-z]+)/g)) if (fe !== 'feGaussianBlur') { fault(`pictures/${name}`, `filter ${fe}`); break; }
    if (/NaN|undefined|Infinity/.test(body)) fault(`pictures/${name}`, 'has a broken number');
    const ids = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(m => m[1]));
    for (const [, id] of body.matchAll(/url\(#([^)]+)\)/g)) if (!ids.has(id)) { fault(`pictures/${name}`, `refers to missing #${id}`); break; }
  }
  for (const o of data.offers || []) for (const { sku } of o.goods || []) if (!skus.has(sku)) fault(`offer ${o.name}`, `unknown SKU ${sku}`);

  // What has a price of its own for a time. Two of them never have one variant at the same time.
  const prices = new Map((data.products || []).flatMap((p) => (p.variants || []).map((v) => [v.sku, v])));
  const held = new Set();
  const activity = (kind, o, check) => {
    const where = `${kind} ${o.name}`;
    text(where, o, 'name');
    if (!Number.isInteger(o.days) || o.days < 1) fault(where, 'days is not a whole number above 0');
    if (!Array.isArray(o.entries) || !o.entries.length) return fault(where, 'no entries');
    for (const e of o.entries) {
      const at = `${where}, ${e.sku}`, variant = prices.get(e.sku);
      if (!variant) { fault(at, 'unknown SKU'); continue; }
      unique(held, e.sku, at, 'SKU');
      if (!Number.isInteger(e.price) || e.price <= 0 || e.price >= variant.price) fault(at, `price ${e.price} is not below ${variant.price}`);
      if (!Number.isInteger(e.stock) || e.stock < 1 || e.stock > variant.stock) fault(at, `stock ${e.stock} is not among the ${variant.stock} there are`);
      check?.(at, e);
    }
  };
  for (const o of data.flash || []) activity('flash', o);
  for (const o of data.groups || []) {
    activity('group', o);
    if (!(o.size >= 2 && o.hours >= 1 && o.hours <= 72)) fault(`group ${o.name}`, 'bad size or hours');
  }
  for (const o of data.presales || [])
    activity('presale', o, (at, e) => {
      if (!(e.deposit > 0 && e.deposit * 5 <= e.price)) fault(at, `deposit ${e.deposit} is more than a fifth of ${e.price}`);
      if (!(e.worth >= e.deposit)) fault(at, `the deposit counts ${e.worth}, less than it is`);
    });
  for (const o of data.freight || []) {
    const where = `freight ${o.name}`;
    text(where, o, 'name');
    if (!['weight', 'pieces', 'fixed'].includes(o.way)) fault(where, `unknown way ${o.way}`);
    if (!Array.isArray(o.rates) || !o.rates.length || o.rates[0].regions) fault(where, 'the first rate holds everywhere else');
    const regions = new Set();
    for (const rate of o.rates || []) for (const code of rate.regions || []) unique(regions, code, where, 'region');
  }

  if (bytes > most) fault('pictures', `${bytes} bytes together, more than ${most / 1e6} MB`);
  return `${data.shop.handle}: ${categories.size} categories, ${handles.size} products (${withOptions} with options), ${variants} variants, ¥${low / 100}–¥${high / 100}, ${files.size} pictures, ${(bytes / 1e6).toFixed(2)} MB`;
}

const said = [];
for (const [folder, ...bounds] of [['./', { categories: 8, products: 64 }, 2.6e6], ['./fashion/', { categories: 4, products: 12 }, 0.7e6], ['./digital/', { categories: 4, products: 12 }, 0.3e6]]) {
  try {
    said.push(check(folder, ...bounds));
  } catch (e) {
    fault(`${folder}catalog.json`, `cannot be read: ${e.message}`);
  }
}
if (faults.length) {
  for (const f of faults) console.error(f);
  console.error(`${faults.length} fault${faults.length > 1 ? 's' : ''}`);
  process.exit(1);
}
for (const line of said) console.log(line);
