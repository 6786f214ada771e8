/// The preset dictionary of ``BodyCodec/deflatedWithDictionary``: pieces of canonical entries, the rarest first, since
/// what stands at the end is the cheapest to refer to.
///
/// Never changed: what was stored with it is read with it.
enum BodyDictionary {
    static let bytes: [UInt8] = Array(text.utf8)

    private static let text = #"""
        {"accident_state":"benefits":[{"amount":""in_network":""insurance_type":""plan":""period":""quan\#
        tity_qualifier":""related_member_id":""related_payer":""percent":""rejections":[{"follow_up":""l\#
        oop":""provider_adjustments":[{"documents_wanted":["authorization_number":""approved_units":"act\#
        ion":""errors":["ndc_quantity":""ndc_unit":""revenue_code":""referral_number":""referring":{"rel\#
        ated_causes":["prior_payments":[{"original_reference":""taken_back":"peer_to_peer":"appeal_lost"\#
        :"order_cancelled":"unacknowledged":"acknowledgement_due":"authorization_due":"before_visit""ask\#
        _again""withdrawn":"cancelled":"opened":{"set":["also_settles":["written_off":""contractual":""f\#
        ollow_up":"postings":[{"adjudicated":[{"denials":[{"letter":{"level":"adjustment":{"document":["\#
        evidence":["deadline":""evidence":[""criteria":[{"answer":""ask":""criterion":""question":""deni\#
        al_patterns":["authorization_use":{"member_history":{"lines":[{"billing_npi":""usual_charges":[{\#
        "charge":""no_billing""member_token":""review":["reviews":["gate":{"prediction":{"citations":[""\#
        raises":[{"undelivered":"unanswered":"remitted":"acknowledged":"checked_in":"claim_received""sch\#
        eduled""charged""ordered":"pended":"resolved":["reviewed":[{"event":{"attending":{"given":"","na\#
        me":"","npi":"","taxonomy":"207Q00000X"},"patient":{"address":{"city":"Springfield","line1":" St\#
        reet","postal_code":"","state":"IL"},"birth_date":"19","family":"","given":"","sex":"F"},"reason\#
        ":"","record_number":"MRN","start":"2026-03-02T09:00:00Z","visit_number":"V"},"from":1,"raises":\#
        [{"eligibility":"scheduled"}]}{"event":[{"filing_indicator":"CI","from":"2026-01-01","group_numb\#
        er":"GRP","member_id":"","payer_id":"","payer_name":"","plan_name":"PPO","subscriber":{"address"\#
        :{"city":"","line1":"","postal_code":"","state":""},"birth_date":"19","family":"","given":"","se\#
        x":"M"}}],"from":{"event":{"diagnoses":[{"code":"","qualifier":"ABK"}],"number":"","ordered_on":\#
        "2026-","ordering":{"entity":"person","given":"","name":"","npi":"1"},"procedure":"","requested_\#
        for":"2026-"},"from":{"event":[{"code":"","date":"2026-","kind":"observation","reference":"","te\#
        xt":"","unit":"","value":""}],"from":{"event":[{"amount":"","date":"2026-","diagnoses":[{"code":\#
        "","qualifier":"ABF"}],"modifiers":["25"],"number":"1","procedure":"99213","rendering":{"entity"\#
        :"person","given":"","name":"","npi":"1","taxonomy":""}}],"from":{"event":{"code":"A1:19","contr\#
        ol_number":"C-0000","outcome":"accepted","payer_claim_number":"","source":"277CA"},"from":{"even\#
        t":{"benefits":[{"dates":[],"information":"1","plan":"","service_types":["30"]}],"member_id":"",\#
        "payer_id":"","payer_name":"","plan_dates":[],"subscriber":{"birth_date":"","family":"","given":\#
        "","sex":""},"trace":"C-0000"},"from":{"event":{"claim":{"adjustments":[],"charge":"","control_n\#
        umber":"","lines":[{"adjustments":[{"amount":"","group":"CO","reason":"45"},{"amount":"","group"\#
        :"PR","reason":"1"}],"allowed":"","charge":"","control_number":"1","from":"2026-","paid":"","pro\#
        cedure":"99214","units":"1"}],"member_id":"","paid":"0.00","paid_on":"2026-","patient":"","patie\#
        nt_responsibility":"","payer_claim_number":"","payer_id":"","status":"1","trace":""},"claims":[{\#
        "made":{"claim":{"billing":{"address":{"city":"","line1":"","postal_code":"","state":""},"entity\#
        ":"organization","name":"","npi":"1","tax_id":"","taxonomy":""},"control_number":"C-0000","cover\#
        ages":[{"filing_indicator":"CI","member_id":"","payer_id":"","payer_name":"","subscriber":{"addr\#
        ess":{"city":"","line1":"","postal_code":"","state":""},"birth_date":"","family":"","given":"","\#
        sex":""}}],"dates":[],"diagnoses":[{"code":"","qualifier":"ABK"},{"code":"","qualifier":"ABF"}],\#
        "lines":[{"charge":"","control_number":"1","from":"2026-","modifiers":["25"],"number":1,"pointer\#
        s":[1,2],"procedure":"","to":"2026-"},{"charge":"","control_number":"2","from":"2026-","number":\#
        2,"pointers":[1],"procedure":""}],"patient":{"address":{"city":"","line1":"","postal_code":"","s\#
        tate":""},"birth_date":"","family":"","given":"","sex":"F"},"place_of_service":"11","prior_autho\#
        rization":"","rendering":{"entity":"person","given":"","name":"","npi":"1","taxonomy":""},"total\#
        _charge":""}}}]"sends":[{"answer_by":"2026-03-03T09:00:00Z","what":{"authorization":{"identifier\#
        ":"C-0000","items":[{"from":"","procedure":"","sequence":1,"to":""}],"order":"","payer":"","prov\#
        ider":{"address":{"city":"","line1":"","postal_code":"","state":""},"entity":"organization","nam\#
        e":"","npi":"1"},"urgent":false,"version":1}}}]{"event":{"basis":{"answers":[{"billing":{"addres\#
        s":{"city":"Springfield","line1":"","postal_code":"","state":"IL"},"entity":"organization","name\#
        ":"","npi":"1","tax_id":"","taxonomy":""}}],"at":"2026-03-02T09:00:00Z","generation":"","logic":\#
        1},"decision":{"claims":[{"became":[[,"findings":[{"answer":"failed","evidence":[{"text":"","wha\#
        t":""}],"id":"","on_failure":"hold","prediction":{"reason":""},"stops":true,"title":""},{"answer\#
        ":"unknown","id":""outcome":{"submission":"sent"},"passed":["claim.member","claim.dates","claim.\#
        provider","claim.diagnosis","claim.procedure","claim.charge","claim.units","claim.modifier","cla\#
        im.authorization","claim.coverage","claim.duplicate","claim.frequency","claim.timely","claim.age\#
        ","claim.sex","claim.place"],"postings":[{"charge":"","claim":["outcome":{"documentation":""outc\#
        ome":{"denials":"posted"}"outcome":{"authorization":"not_required"}{"event":{"basis":{"at":"2026\#
        -03-02T09:00:00Z","generation":"","logic":1},"decision":{"outcome":{"eligibility":"active"},"sen\#
        ds":[{"answer_by":"2026-03-03T09:00:00Z","what":{"inquiry":{"member":"","payer":"","provider":{"\#
        entity":"organization","name":"","npi":"1"},"service_date":"2026-","service_types":["30"],"trace\#
        ":"C-0000"}}}],"timers":[{"set":[""work_items":[{"opened":{"amount":"0.00","deadline":"2026-03-0\#
        ","kind":{"submission":{"held":["trigger":{"id":[1,0],"reason":{"submission":{"received":{"denia\#
        ls":{"remitted":{"authorization":{"answered":"}],"timers":[],"trigger":[1,0]}},"raises":[{"autho\#
        rization":{"ordered":"","eligibility":{"answered":2,"from":
        """#
}
