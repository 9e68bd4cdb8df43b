import Model
import Planning

/// The objects of a stack in a table.
public struct StatusTable: Sendable {
  /// One object.
  public struct Row: Sendable, Hashable {
    public var object: ObjectID
    /// `in sync`, `not ready`, `differs`, `missing`, `not declared`, `unowned`, `other stack`, `external`, `unmanaged`
    /// or `unknown`.
    public var sync: String
    /// The power state; empty where there is none.
    public var power: String
    public var addresses: [GuestAddress]
  }

  /// By host, kind and name.
  public var rows: [Row]

  public init(
    desired: Desired, readings: [String: HostReading], plan: Plan,
    addresses: [ObjectID: [GuestAddress]],
    includesUnmanaged: Bool
  ) {
    var rows: [ObjectID: Row] = [:]
    let findings = Dictionary(
      DriftReport(plan).findings.map { ($0.object, $0.code) }
    ) { first, _ in first }
    var power: [ObjectID: String] = [:]
    for (host, reading) in readings {
      if case .read(let observed) = reading {
        power.merge(Self.power(host, observed, desired)) { first, _ in first }
      }
    }
    let awaited = Set(plan.steps.filter { $0.reason == .readiness }.map(\.object))
    for object in desired.objects {
      guard let reading = readings[object.id.host] else { continue }
      var sync = Self.word(findings[object.id])
      if findings[object.id] == nil, awaited.contains(object.id) { sync = "not ready" }
      if case .unreadable = reading { sync = "unknown" }
      if object.isExternal, findings[object.id] == nil { sync = "external" }
      rows[object.id] = Row(
        object: object.id, sync: sync, power: power[object.id] ?? "",
        addresses: addresses[object.id] ?? [])
    }
    for (id, code) in findings where rows[id] == nil {
      rows[id] = Row(
        object: id, sync: Self.word(code), power: power[id] ?? "", addresses: addresses[id] ?? [])
    }
    if includesUnmanaged {
      for (id, state) in power where rows[id] == nil {
        rows[id] = Row(object: id, sync: "unmanaged", power: state, addresses: addresses[id] ?? [])
      }
    }
    self.rows = rows.values.sorted { $0.object < $1.object }
  }

  private static func word(_ code: String?) -> String {
    switch code {
    case nil: "in sync"
    case "missing"?: "missing"
    case "not-declared"?: "not declared"
    case "unowned"?: "unowned"
    case "other-stack"?: "other stack"
    default: "differs"
    }
  }

  private static func power(
    _ host: String, _ observed: ObservedHost, _ desired: Desired
  ) -> [ObjectID: String] {
    var result: [ObjectID: String] = [:]
    for guest in observed.guests {
      result[ObjectID(host: host, kind: .guest, name: guest.name)] = guest.power.rawValue
    }
    let declared = Set(
      desired.objects(on: host).filter { $0.id.kind == .secret }
        .compactMap { SecretUsage($0.spec) })
    let owned = Set((observed.ledger?.entries ?? []).compactMap(\.uuid))
    for secret in observed.secrets {
      guard let usage = secret.usage, !declared.contains(usage), !owned.contains(secret.uuid) else {
        continue
      }
      result[ObjectID(host: host, kind: .secret, name: usage.description)] = ""
    }
    for filter in observed.filters where !StockFilters.names.contains(filter.name) {
      result[ObjectID(host: host, kind: .networkFilter, name: filter.name)] = ""
    }
    for network in observed.networks {
      result[ObjectID(host: host, kind: .network, name: network.name)] =
        network.active ? "running" : "stopped"
    }
    for pool in observed.pools {
      result[ObjectID(host: host, kind: .pool, name: pool.name)] =
        pool.active ? "running" : "stopped"
      for volume in pool.volumes {
        result[.volume(host: host, pool: pool.name, name: volume.name)] = ""
      }
    }
    return result
  }

  /// `10.20.0.11 (lease) fd00::11 (agent)`.
  private static func text(of addresses: [GuestAddress]) -> String {
    addresses.map { "\($0.address) (\($0.source.rawValue))" }.joined(separator: " ")
  }

  /// As people read it.
  public func text(color: Bool = false) -> String {
    let paint = Paint(isOn: color)
    let header = ["HOST", "OBJECT", "SYNC", "POWER", "ADDRESSES"]
    let cells = rows.map {
      [
        $0.object.host, $0.object.reference, $0.sync, $0.power.isEmpty ? "-" : $0.power,
        $0.addresses.isEmpty ? "-" : Self.text(of: $0.addresses),
      ]
    }
    let widths = header.indices.map { column in
      ([header] + cells).map { $0[column].count }.max() ?? 0
    }
    func line(_ row: [String], _ color: Paint.Color?) -> String {
      var text = ""
      for (column, cell) in row.enumerated() {
        let isLast = column == row.count - 1
        let padding = isLast ? "" : String(repeating: " ", count: widths[column] - cell.count + 2)
        text += (column == 2 ? color.map { paint(cell, $0) } ?? cell : cell) + padding
      }
      return text + "\n"
    }
    return line(header, nil)
      + zip(cells, rows).map { cell, row in
        line(
          cell,
          row.sync == "in sync"
            ? .green : ["external", "unmanaged"].contains(row.sync) ? .dim : .yellow)
      }.joined()
  }

  /// As a versioned document; `schemas/status.json` describes it.
  public var json: JSON {
    .object([
      ("formatVersion", .integer(PlanJSON.formatVersion)),
      (
        "objects",
        .array(
          rows.map { row in
            .object([
              ("object", PlanJSON.object(row.object)), ("sync", .string(row.sync)),
              ("power", .string(row.power)),
              ("addresses", .array(row.addresses.map { .string($0.address) })),
              (
                "addressDetails",
                .array(
                  row.addresses.map {
                    .object([
                      ("address", .string($0.address)), ("mac", .string($0.mac)),
                      ("source", .string($0.source.rawValue)),
                    ])
                  })
              ),
            ])
          })
      ),
    ])
  }
}
