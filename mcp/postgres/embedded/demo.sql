-- The demo shop: coffee and tea, sold over the last year. Everything is computed from row numbers, so every machine has
-- the same shop. Only the dates move, so that "last month" always has orders.

CREATE TABLE customers (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  city text NOT NULL,
  country text NOT NULL,
  joined_on date NOT NULL
);
COMMENT ON TABLE customers IS 'People and cafés that have bought or signed up';
COMMENT ON COLUMN customers.country IS 'ISO 3166-1 alpha-2';

CREATE TABLE products (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  sku text NOT NULL UNIQUE,
  name text NOT NULL,
  category text NOT NULL,
  price numeric(8, 2) NOT NULL CHECK (price > 0),
  stock integer NOT NULL CHECK (stock >= 0)
);
COMMENT ON TABLE products IS 'What the shop sells';
COMMENT ON COLUMN products.price IS 'Euro, with tax';
COMMENT ON COLUMN products.stock IS 'Pieces in the warehouse';

CREATE TABLE orders (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  customer_id integer NOT NULL REFERENCES customers,
  status text NOT NULL CHECK (status IN ('new', 'paid', 'shipped', 'delivered', 'cancelled', 'returned')),
  ordered_at timestamptz NOT NULL,
  shipped_at timestamptz
);
COMMENT ON TABLE orders IS 'One row for each order; its lines are in order_items';

CREATE TABLE order_items (
  order_id integer NOT NULL REFERENCES orders,
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0),
  unit_price numeric(8, 2) NOT NULL,
  PRIMARY KEY (order_id, product_id)
);
COMMENT ON TABLE order_items IS 'Lines of orders';
COMMENT ON COLUMN order_items.unit_price IS 'Euro, at the time of the order';

INSERT INTO products (sku, name, category, price, stock)
VALUES
  ('COF-ETH-250', 'Yirgacheffe, 250 g', 'coffee', 9.90, 140),
  ('COF-ETH-1KG', 'Yirgacheffe, 1 kg', 'coffee', 34.50, 38),
  ('COF-COL-250', 'Huila, 250 g', 'coffee', 8.90, 210),
  ('COF-COL-1KG', 'Huila, 1 kg', 'coffee', 31.00, 64),
  ('COF-BRA-1KG', 'Santos, 1 kg', 'coffee', 24.00, 120),
  ('COF-KEN-250', 'Nyeri AA, 250 g', 'coffee', 12.50, 55),
  ('COF-DEC-250', 'House blend without caffeine, 250 g', 'coffee', 8.50, 80),
  ('COF-ESP-1KG', 'Espresso blend, 1 kg', 'coffee', 22.90, 175),
  ('TEA-SEN-100', 'Sencha, 100 g', 'tea', 11.20, 60),
  ('TEA-GYO-050', 'Gyokuro, 50 g', 'tea', 19.80, 12),
  ('TEA-DAR-100', 'Darjeeling first flush, 100 g', 'tea', 13.40, 47),
  ('TEA-ASS-250', 'Assam, 250 g', 'tea', 9.60, 90),
  ('TEA-MIN-100', 'Mint, 100 g', 'tea', 4.90, 150),
  ('TEA-OOL-100', 'Tie Guan Yin, 100 g', 'tea', 16.00, 0),
  ('EQP-V60-02', 'Pour-over dripper', 'equipment', 24.90, 33),
  ('EQP-FLT-100', 'Paper filters, 100 pieces', 'equipment', 6.50, 400),
  ('EQP-GRD-HND', 'Hand grinder', 'equipment', 89.00, 9),
  ('EQP-KTL-1L', 'Gooseneck kettle, 1 l', 'equipment', 69.00, 14),
  ('EQP-PRS-1L', 'French press, 1 l', 'equipment', 32.00, 27),
  ('EQP-SCL-01', 'Scale, 0.1 g', 'equipment', 39.00, 0),
  ('GFT-CRD-25', 'Gift card, 25 Euro', 'gift', 25.00, 1000),
  ('GFT-BOX-S', 'Tasting box, small', 'gift', 29.00, 41),
  ('GFT-BOX-L', 'Tasting box, large', 'gift', 54.00, 18),
  ('GFT-CUP-2', 'Two cups, stoneware', 'gift', 26.00, 22);

INSERT INTO customers (name, email, city, country, joined_on)
SELECT
  given || ' ' || family,
  lower(given || '.' || family) || n || '@example.com',
  (ARRAY['Berlin', 'Hamburg', 'München', 'Wien', 'Graz', 'Zürich', 'Basel', 'Paris', 'Lyon', 'Amsterdam', 'Utrecht', 'København'])[1 + n * 7 % 12],
  (ARRAY['DE', 'DE', 'DE', 'AT', 'AT', 'CH', 'CH', 'FR', 'FR', 'NL', 'NL', 'DK'])[1 + n * 7 % 12],
  current_date - (30 + n * 37 % 900)
FROM generate_series(1, 400) AS n
CROSS JOIN LATERAL (
  SELECT
    (ARRAY['Ada', 'Bruno', 'Clara', 'David', 'Elif', 'Frieda', 'Gustav', 'Hanna', 'Ivo', 'Jana', 'Karim', 'Lena', 'Mats', 'Nora', 'Otto', 'Paula', 'Quentin', 'Rosa', 'Samir', 'Tilda'])[1 + n % 20] AS given,
    (ARRAY['Albers', 'Brandt', 'Cohen', 'Dubois', 'Engel', 'Fischer', 'Gruber', 'Haas', 'Iversen', 'Jansen', 'Keller', 'Lorenz', 'Meier', 'Nowak', 'Olsen', 'Peeters', 'Rossi', 'Schmidt', 'Tanaka', 'Vogel', 'Weber'])[1 + n * 11 % 21] AS family
) AS names;

INSERT INTO orders (customer_id, status, ordered_at, shipped_at)
SELECT
  -- A few customers order often; most of them order now and then.
  1 + (hashint4(n) & 65535) % (CASE WHEN n % 3 = 0 THEN 40 ELSE 400 END),
  CASE
    WHEN age < 2 THEN 'new'
    WHEN age < 4 THEN 'paid'
    WHEN n % 29 = 0 THEN 'cancelled'
    WHEN n % 41 = 0 THEN 'returned'
    WHEN age < 7 THEN 'shipped'
    ELSE 'delivered'
  END,
  current_date - age + make_interval(mins => 420 + n * 53 % 840),
  CASE WHEN age >= 4 AND n % 29 <> 0 THEN current_date - age + 2 + make_interval(mins => 540 + n * 17 % 300) END
FROM generate_series(1, 2500) AS n
CROSS JOIN LATERAL (SELECT 366 - n * 365 / 2500 AS age) AS ages;

INSERT INTO order_items (order_id, product_id, quantity, unit_price)
SELECT o.id, p.id, CASE WHEN p.price > 30 THEN 1 ELSE 1 + (o.id * 5 + line * 3) % 4 END, p.price
FROM orders AS o
CROSS JOIN generate_series(0, 3) AS line
-- The square of a pseudo-random share: some products sell far better than others.
CROSS JOIN LATERAL (SELECT (hashint4(o.id * 4 + line) & 65535) / 65536.0 AS share) AS r
JOIN products AS p ON p.id = (ARRAY[8, 1, 16, 3, 12, 5, 13, 9, 4, 7, 23, 2, 11, 21, 24, 6, 15, 19, 22, 10, 20, 17, 18, 14])[1 + floor(r.share * r.share * 24)::integer]
WHERE line <= o.id % 4
ON CONFLICT DO NOTHING;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_ordered_at_idx ON orders (ordered_at);
CREATE INDEX order_items_product_id_idx ON order_items (product_id);

CREATE VIEW monthly_revenue AS
SELECT date_trunc('month', o.ordered_at)::date AS month, count(DISTINCT o.id) AS orders, sum(i.quantity * i.unit_price) AS revenue
FROM orders AS o
JOIN order_items AS i ON i.order_id = o.id
WHERE o.status NOT IN ('cancelled', 'returned')
GROUP BY 1;
COMMENT ON VIEW monthly_revenue IS 'Orders and revenue in Euro by month, without cancelled and returned ones';

ANALYZE;
